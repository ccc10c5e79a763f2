"""All scenarios, in the order in which they take turns."""

from torture import changes, damage, disks, lengths, processes, signals

SCENARIOS = (
    signals.SCENARIOS + lengths.SCENARIOS + disks.SCENARIOS + processes.SCENARIOS + changes.SCENARIOS + damage.SCENARIOS
)
