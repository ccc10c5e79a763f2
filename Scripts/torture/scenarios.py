"""All scenarios, in the order in which runs are given to them."""

from torture import changes, damage, disks, processes, signals

SCENARIOS = signals.SCENARIOS + disks.SCENARIOS + processes.SCENARIOS + changes.SCENARIOS + damage.SCENARIOS
