"""Formats measurements as Markdown tables."""

MARKERS = ("<!-- measured: begin -->", "<!-- measured: end -->")


def exits_beside(evaluations):
    """Loss, accuracy and agreement of each exit, a column for each of the named evaluations."""
    lines = ["| exit | " + " | ".join(evaluations) + " |", "|---|" + "---|" * len(evaluations)]
    for layers in zip(*(evaluation["layers"] for evaluation in evaluations.values())):
        cells = [f"{layer['nll']:.3f}, {layer['accuracy']:.1%}, {layer['agreement']:.1%}" for layer in layers]
        lines.append(f"| {layers[0]['exit']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def grid(values, rows, columns):
    """Speedups by exit layer and draft length."""
    lines = ["| exit \\ drafts | " + " | ".join(map(str, columns)) + " |", "|---|" + "---|" * len(columns)]
    for row in rows:
        lines.append(f"| {row} | " + " | ".join(f"{values[row, column]:.2f}x" for column in columns) + " |")
    return "\n".join(lines)


def between_markers(page, text):
    """The page with the text between its markers replaced."""
    before, rest = page.split(MARKERS[0])
    _, after = rest.split(MARKERS[1])
    return f"{before}{MARKERS[0]}\n{text}\n{MARKERS[1]}{after}"
