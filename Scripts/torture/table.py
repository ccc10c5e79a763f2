"""The summary: the outcomes of each scenario's runs."""

OUTCOMES = ["same bits", "clear error", "failure"]


class Table:
    def __init__(self, scenarios):
        self.counts = {scenario.name: dict.fromkeys(OUTCOMES, 0) for scenario in scenarios}
        self.skipped = {}

    def add(self, scenario, outcome):
        self.counts[scenario.name][outcome] += 1

    def skip(self, scenario, reason):
        self.skipped[scenario.name] = reason

    def show(self):
        print(f"{'scenario':24}{'runs':>8}" + "".join(f"{outcome:>14}" for outcome in OUTCOMES))
        total = dict.fromkeys(OUTCOMES, 0)
        for name, counts in self.counts.items():
            if name in self.skipped:
                print(f"{name:24}{0:>8}  left out: {self.skipped[name]}")
                continue
            self.line(name, counts)
            for outcome in OUTCOMES:
                total[outcome] += counts[outcome]
        self.line("all", total)

    @staticmethod
    def line(name, counts):
        print(f"{name:24}{sum(counts.values()):>8}" + "".join(f"{counts[outcome]:>14}" for outcome in OUTCOMES))
