# SPDX-License-Identifier: GPL-2.0-or-later
"""A plot of what things cost as a list grows, both axes logarithmic, as SVG."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 80, 290, 50, 60
COLOURS = "#1f77b4 #d62728 #2ca02c #9467bd #ff7f0e #8c564b #e377c2 #17becf #7f7f7f".split()
LINE = 18


class Plot:
    """Lines from the first size on; 1 is what the smallest size costs."""

    def __init__(self, title, sizes):
        self.title = title
        self.sizes = sizes
        self.lines = []

    def add(self, name, costs):
        self.lines.append((name, [cost / costs[0] for cost in costs]))

    def write(self, path):
        growth = self.sizes[-1] / self.sizes[0]
        lines = [("linear", [size / self.sizes[0] for size in self.sizes]), *self.lines]
        low = min([0.5, *(min(costs) for _, costs in lines)])
        self.low, self.high = math.log10(low), math.log10(max(growth, *(max(costs) for _, costs in lines)) * 1.5)
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
               'font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
               self.text(LEFT, TOP - 20, self.title, 'font-size="16"')]
        out += self.grid()
        ends = self.places([costs[-1] for _, costs in lines])
        for number, (name, costs) in enumerate(lines):
            colour = COLOURS[(number - 1) % len(COLOURS)] if number else "black"
            look = f'fill="none" stroke="{colour}" stroke-width="2"' + ("" if number else ' stroke-dasharray="6 4"')
            points = " ".join(f"{self.x(size):.1f},{self.y(cost):.1f}" for size, cost in zip(self.sizes, costs))
            out.append(f'<polyline points="{points}" {look}/>')
            end = WIDTH - RIGHT
            out.append(f'<polyline points="{end},{self.y(costs[-1]):.1f} {end + 22},{ends[number]:.1f}" fill="none" '
                       f'stroke="{colour}" stroke-width="0.7"/>')
            out.append(self.text(end + 26, ends[number] + 4, f"{name}: {costs[-1]:.3g}", f'fill="{colour}"'))
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*out, "</svg>", ""]))

    def x(self, size):
        share = math.log(size / self.sizes[0]) / math.log(self.sizes[-1] / self.sizes[0])
        return LEFT + (WIDTH - LEFT - RIGHT) * share

    def y(self, cost):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(cost) - self.low) / (self.high - self.low)

    def places(self, costs):
        """Where the names stand: as near to the ends of their lines as they can without touching."""
        order = sorted(range(len(costs)), key=lambda i: self.y(costs[i]))
        places = [0.0] * len(costs)
        next_free = TOP
        for i in order:
            places[i] = max(self.y(costs[i]), next_free)
            next_free = places[i] + LINE
        last_free = HEIGHT - BOTTOM
        for i in reversed(order):
            places[i] = min(places[i], last_free)
            last_free = places[i] - LINE
        return places

    def grid(self):
        out = []
        for power in range(math.ceil(self.low), math.floor(self.high) + 1):
            y = self.y(10 ** power)
            out.append(f'<path d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>')
            out.append(self.text(LEFT - 8, y + 4, f"{10 ** power:g}", 'text-anchor="end"'))
        for size in self.sizes:
            x = self.x(size)
            out.append(f'<path d="M{x:.1f},{TOP}V{HEIGHT - BOTTOM}" stroke="#ccc"/>')
            out.append(self.text(x, HEIGHT - BOTTOM + 20, f"{size:,}", 'text-anchor="middle"'))
        middle = (LEFT + WIDTH - RIGHT) / 2
        out.append(self.text(middle, HEIGHT - 14, "mails in the list", 'text-anchor="middle"'))
        out.append(self.text(20, (TOP + HEIGHT - BOTTOM) / 2, "cost, of the smallest list 1",
                             f'text-anchor="middle" transform="rotate(-90 20 {(TOP + HEIGHT - BOTTOM) / 2:.0f})"'))
        return out

    @staticmethod
    def text(x, y, text, look=""):
        return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>'
