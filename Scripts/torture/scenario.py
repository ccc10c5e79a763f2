"""A scenario: a function of a trial that returns "same bits" or "clear error", or raises Failure."""


class Scenario:
    def __init__(self, name, about, run, missing=lambda bench: None):
        self.name = name
        self.about = about
        self.run = run
        self.missing = missing


def needs_root(bench):
    return None if bench.is_root else "it needs root"
