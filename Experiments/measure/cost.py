"""Computes the acceptance that a speedup needs, from the measured cost of passes (`benchmark --cost`)."""

LONGEST = 12


def pass_cost(passes, tokens):
    """Returns v(n), the cost of a pass over n tokens relative to one token, interpolated linearly between lengths."""
    points = [(point["tokens"], point["cost"] / passes["v"][0]["cost"]) for point in passes["v"]]
    for (low, cost), (high, next_cost) in zip(points, points[1:]):
        if tokens <= high:
            return cost + (next_cost - cost) * (tokens - low) / (high - low)
    raise ValueError(f"v({tokens}) was not measured")


def speedup(passes, exit, chance):
    """Returns the highest speedup over plain decoding at any draft length, if all drafts have the same chance.

    Verification runs the drafted tokens only through the layers behind the exit.
    """
    known = exit["exit_layer"] / (len(passes["exits"]) + 1 + passes["head_cost"])

    def with_drafts(length):
        tokens = sum(chance**place for place in range(length + 1))
        verification = pass_cost(passes, length + 1)
        verification -= known * (verification - 1)
        return tokens / (length * exit["draft_cost"] + verification)

    return max(map(with_drafts, range(1, LONGEST + 1)))


def needed(passes, exit, target):
    """Returns the smallest chance at which drafts reach a speedup, in steps of 0.001, or None."""
    return next((n / 1000 for n in range(1001) if speedup(passes, exit, n / 1000) >= target), None)


def needed_table(passes, exits, targets):
    """Returns a table of draft costs and needed chances, with a row for each exit."""
    lines = ["| exit | cost of a draft | " + " | ".join(f"chance for {target}x" for target in targets) + " |"]
    lines.append("|---|---|" + "---|" * len(targets))
    for exit in passes["exits"]:
        if exit["exit_layer"] in exits:
            chances = [needed(passes, exit, target) for target in targets]
            cells = ["not reached" if chance is None else f"{chance:.0%}" for chance in chances]
            lines.append(f"| {exit['exit_layer']} | {exit['draft_cost']:.3f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
