"""Draws curves as SVG, for light and dark pages."""

import math

COLOURS = ["#888888", "#c77d11", "#2a78b5", "#d1453c", "#3b8f4e", "#8250c4"]
STYLE = (
    "rect{fill:#fff}text{fill:#1f2328}line{stroke:#ddd}polyline{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){rect{fill:#0d1117}text{fill:#f0f6fc}line{stroke:#3d444d}}"
)


def ticks(low, high, parts=5):
    """Returns round numbers that divide a range into about `parts` parts."""
    power = 10 ** math.floor(math.log10((high - low) / parts))
    step = next(digit * power for digit in (1, 2, 2.5, 5, 10) if digit * power * parts >= high - low)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * number for number in range(first, last + 1)]


def panel(left, top, width, height, title, places, rows, across, curves):
    """A panel's axes and curves.

    `places` are the labels of the horizontal axis, whose title is `across`; `rows` are the ticks of the vertical one.
    Each of `curves` has a value for each place.
    """
    low, high = rows[0], rows[-1]

    def x(index):
        return f"{left + width * index / max(1, len(places) - 1):.1f}"

    def y(value):
        return f"{top + height * (high - value) / (high - low):.1f}"

    middle = top + height / 2
    parts = [
        f'<text x="{left - 40}" y="{middle:.0f}" transform="rotate(-90 {left - 40} {middle:.0f})" '
        f'text-anchor="middle">{title}</text>'
    ]
    for value in rows:
        parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y(value)}" y2="{y(value)}"/>')
        parts.append(f'<text x="{left - 6}" y="{y(value)}" dy="4" text-anchor="end">{value:g}</text>')
    for index, place in enumerate(places):
        parts.append(f'<text x="{x(index)}" y="{top + height + 16}" text-anchor="middle">{place}</text>')
    parts.append(f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">{across}</text>')
    for values, colour in zip(curves, COLOURS):
        points = " ".join(f"{x(index)},{y(value)}" for index, value in enumerate(values))
        parts.append(f'<polyline points="{points}" stroke="{colour}"/>')
    return parts


def side_by_side(panels, labels, places, across, spacing=170):
    """Two panels with the same horizontal axis, and a legend below them.

    `panels` are pairs of a title and ticks with a list of curves, one for each of `labels`.
    """
    parts = []
    for number, (title, rows, curves) in enumerate(panels):
        parts += panel(60 + 380 * number, 16, 300, 220, title, places, rows, across, curves)
    for number, (label, colour) in enumerate(zip(labels, COLOURS)):
        x = 60 + spacing * number
        parts.append(f'<polyline points="{x},290 {x + 20},290" stroke="{colour}"/>')
        parts.append(f'<text x="{x + 26}" y="294">{label}</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 306" font-family="sans-serif" font-size="11">\n'
        f"<style>{STYLE}</style>\n"
        '<rect width="760" height="306"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
