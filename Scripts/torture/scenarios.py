"""All scenarios, in the order in which they take turns."""

from torture import changes, damage, disks, processes, signals

SCENARIOS = signals.SCENARIOS + disks.SCENARIOS + processes.SCENARIOS + changes.SCENARIOS + damage.SCENARIOS
