#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the browser: pictures.py PORE MBOXES FOLDER

Imports the demonstration mails of the folder MBOXES, has PORE show them in a terminal of its own,
and writes what is on the screen as SVG to FOLDER. The same program makes the same bytes."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

COLUMNS, ROWS = 100, 24
SECONDS = 60

# What is shown: the script that goes there from the index, and what leads back.
SCENES = {
    "index": ("j", "k"),
    "series": (":limit ~s ring\n<Enter>\nj", "q\n:limit all"),
    "compare": (":limit ~s ring\n<Enter>\n:compare-versions\njjjj<Enter>", "qqq\n:limit all"),
    "pager": (":limit ~s ring\n<Enter>j<Enter>\n:toggle-words\nH\n" + "<Enter>" * 6,
              ":toggle-words\nqq\n:limit all"),
    "contributors": (":contributors", "q"),
}

# Mails that another one takes back, or that show what a hostile one looks like.
WITHDRAWN = (
    "20261111200509.333-1-marek@dolny.example.net",
    "20261120111111.666-1-eve@harrow.example.net",
)

# Dates of the last half year are shown in another way, and which these are changes. The days of
# the week are the same in this year as in that of the mails.
YEARS = (b"2026", b"2020")

# What was said of series, each of them by a mail of the version that it was said of.
MARKS = (
    ("reviewed", "20261102081207.4127-1-tomasz.wilk@example.com"),
    ("reviewed", "20261116071140.2201-1-dvale@example.org"),
    ("reviewed", "20261117131313.1-1-samuel.achterberg@example.com"),
    ("reviewed", "20261116114800.104-1-aiko@morishita.example.net"),
    ("ignored", "20261114092135.17-1-bjorn.olund@example.net"),
    ("flagged", "20261119141109.12-1-yusuf.adeyemi@example.com"),
    ("note=Is the lock needed?", "20261102081207.4127-1-tomasz.wilk@example.com"),
)

SETTINGS = (
    'set index_format="%4C%Z%z %-5S %{%b %d} %-16.16n %<Q?%Q&%3V%<M?+%M&  > %5p %2r> %s"',
    "set pager_index_lines=0",
)

# --- the screen ---------------------------------------------------------------


def make_archive(pore, mboxes, work):
    archive = work / "demo.git"
    copies = []
    for mbox in sorted(mboxes.glob("*.mbox")):
        copies.append(work / mbox.name)
        copies[-1].write_bytes(mbox.read_bytes().replace(*YEARS))
    old, new = (year.decode() for year in YEARS)
    subprocess.run([pore, "import", archive, *copies], check=True, stdout=subprocess.DEVNULL)
    for message_id in WITHDRAWN:
        subprocess.run([pore, "import", "--withdraw", message_id.replace(old, new), archive],
                       check=True, stdout=subprocess.DEVNULL)
    for state, message_id in MARKS:
        subprocess.run([pore, "mark", archive, state, message_id.replace(old, new)], check=True,
                       stdout=subprocess.DEVNULL)
    return archive


def run_in_terminal(command):
    """Runs it until it ends, and throws away what it writes."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execv(command[0], command)

    def give_up(*_):
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass  # how Linux says that the other end was closed
    signal.alarm(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    if status:
        sys.exit(f"{command[0]} ended with {status}")


def photograph(pore, archive, theme, work):
    """The screens of all scenes, as text with SGR sequences."""
    script = work / "script"
    lines = []
    for name, (there, back) in SCENES.items():
        (work / name).unlink(missing_ok=True)
        lines += [there, f":write-screen -a {work / name}", back]
    script.write_text("\n".join(lines + [":quit", ""]))
    command = [pore, "--config=/dev/null", "--no-system-rc", f"--execute=set theme={theme}"]
    command += [f"--execute={setting}" for setting in SETTINGS]
    run_in_terminal(command + [f"--script={script}", "--all", str(archive)])
    return {name: (work / name).read_text(encoding="utf-8") for name in SCENES}


# --- colours ------------------------------------------------------------------

SIXTEEN = ("000000 cd3131 0da050 be8c0a 3c6edc bc3fbc 1194b9 d2d2d2 "
           "6e6e6e f14c4c 23d18b f5f543 3b8eea d670d6 29b8db ffffff").split()
THEMES = {"dark": ("d0d0d0", "181818"), "light": ("1c1c1c", "ffffff")}
PLAIN = {"foreground": None, "background": None, "flags": frozenset()}
FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}


def colour_of(number):
    """Of xterm's 256: 16 names, a cube of 6 * 6 * 6, 24 greys."""
    if number < 16:
        return SIXTEEN[number]
    if number >= 232:
        return f"{8 + 10 * (number - 232):02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "".join(f"{steps[number // place % 6]:02x}" for place in (36, 6, 1))


def take_colour(codes):
    if codes.pop(0) == 5:
        return colour_of(codes.pop(0))
    return "".join(f"{codes.pop(0):02x}" for _ in range(3))


def apply_sgr(look, sequence):
    codes = [int(code or 0) for code in sequence.split(";")]
    look = dict(look)
    while codes:
        code = codes.pop(0)
        if code == 0:
            look = dict(PLAIN)
        elif code in FLAGS:
            look["flags"] |= {FLAGS[code]}
        elif code in (38, 48):
            look["foreground" if code == 38 else "background"] = take_colour(codes)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            look["foreground"] = SIXTEEN[code - 30 if code < 90 else code - 82]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            look["background"] = SIXTEEN[code - 40 if code < 100 else code - 92]
    return look


# --- cells --------------------------------------------------------------------


def width_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells_of(line):
    """[column, width, text, look] of each character, with what combines with it."""
    cells, column, look = [], 0, PLAIN
    for sequence, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
        if not character:
            look = apply_sgr(look, sequence)
        elif width_of(character) == 0 and cells:
            cells[-1][2] += character
        else:
            cells.append([column, width_of(character), character, look])
            column += width_of(character)
    return cells


def runs_of(cells, key):
    """Neighbours that are alike by KEY(cell), which is None for those of no interest."""
    runs, last = [], None
    for cell in cells:
        kind = key(cell)
        if kind is not None and kind == last:
            runs[-1][1].append(cell)
        elif kind is not None:
            runs.append((kind, [cell]))
        last = kind
    return runs


# --- SVG ----------------------------------------------------------------------

CELL, LINE, SIZE, MARGIN = 8.4, 18, 14, 10
BASELINE = 13.5
FONTS = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

# Fonts leave gaps between the cells, so what is to touch is drawn: in halves of a cell, from and to,
# across and down.
LINES = {
    "─": ((0, 1, 2, 1),),
    "│": ((1, 0, 1, 2),),
    "├": ((1, 0, 1, 2), (1, 1, 2, 1)),
    "└": ((1, 0, 1, 1), (1, 1, 2, 1)),
}


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rectangle(x, y, width, height, fill):
    return (f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(height)}" fill="#{fill}"/>')


def colours(look, theme):
    foreground = look["foreground"] or THEMES[theme][0]
    background = look["background"]
    if "reverse" in look["flags"]:
        return background or THEMES[theme][1], foreground
    return foreground, background


def block(character):
    """The part of the cell that a block element fills: across, down, from the left or below."""
    code = ord(character)
    if 0x2581 <= code <= 0x2588:
        return 1, (code - 0x2580) / 8
    if 0x2589 <= code <= 0x258F:
        return (0x2590 - code) / 8, 1
    return None


def draw_cell(character, x, y, fill):
    across, down = block(character) or (0, 0)
    if across:
        return rectangle(x, y + LINE * (1 - down), CELL * across, LINE * down, fill)
    path = "".join(f"M{number(x + a * CELL / 2)} {number(y + b * LINE / 2)}"
                   f"L{number(x + c * CELL / 2)} {number(y + d * LINE / 2)}"
                   for a, b, c, d in LINES[character])
    return f'<path d="{path}" stroke="#{fill}" fill="none"/>'


def draw_text(cells, y, fill, flags):
    text = "".join(cell[2] for cell in cells)
    bare = text.lstrip(" ")
    start = cells[len(text) - len(bare)][0]
    bare = bare.rstrip(" ")
    end = max(column + width for column, width, drawn, _ in cells if drawn != " ")
    style = ""
    if "bold" in flags:
        style += ' font-weight="bold"'
    if "italic" in flags:
        style += ' font-style="italic"'
    if "underline" in flags:
        style += ' text-decoration="underline"'
    if "dim" in flags:
        style += ' opacity="0.6"'
    return (f'<text x="{number(MARGIN + start * CELL)}" y="{number(y + BASELINE)}" '
            f'textLength="{number((end - start) * CELL)}" fill="#{fill}"{style}>'
            f'{escape(bare)}</text>')


def words_of(cells):
    """Where two blanks meet a text ends: SVG makes them one."""
    text, group = [], []
    for at, cell in enumerate(cells):
        if cell[2] == " " and (at + 1 == len(cells) or cells[at + 1][2] == " "):
            if group:
                text.append(group)
            group = []
        elif cell[2] != " " or group:
            group.append(cell)
    return text + [group] if group else text


def draw_line(line, y, theme):
    cells = cells_of(line)
    parts = []
    for fill, run in runs_of(cells, lambda cell: colours(cell[3], theme)[1]):
        end = run[-1][0] + run[-1][1]
        parts.append(rectangle(MARGIN + run[0][0] * CELL, y, (end - run[0][0]) * CELL, LINE, fill))

    def kind(cell):
        drawn = cell[2] in LINES or block(cell[2][0]) is not None
        # Wide characters come from another font.
        return colours(cell[3], theme)[0], cell[3]["flags"], drawn, cell[1]

    for (fill, flags, drawn, _), run in runs_of(cells, kind):
        if drawn:
            parts += [draw_cell(c[2], MARGIN + c[0] * CELL, y, fill) for c in run]
        else:
            parts += [draw_text(words, y, fill, flags) for words in words_of(run)]
    return parts


def draw(screen, theme):
    width, height = 2 * MARGIN + COLUMNS * CELL, 2 * MARGIN + ROWS * LINE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" '
        f'height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}" '
        f'font-family="{FONTS}" font-size="{SIZE}">',
        f'<rect width="100%" height="100%" rx="6" fill="#{THEMES[theme][1]}"/>',
    ]
    for at, line in enumerate(screen.splitlines()):
        parts += draw_line(line, MARGIN + at * LINE, theme)
    return "\n".join(parts + ["</svg>", ""])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    pore, mboxes, folder = (Path(argument).resolve() for argument in sys.argv[1:])
    for name in ("COLUMNS", "LINES", "COLORTERM", "NO_COLOR"):
        os.environ.pop(name, None)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", TERM="xterm-256color", HOME=name,
                          XDG_CONFIG_HOME=name, XDG_STATE_HOME=name, XDG_CACHE_HOME=name)
        archive = make_archive(str(pore), mboxes, work)
        for theme in THEMES:
            for scene, screen in photograph(str(pore), archive, theme, work).items():
                picture = draw(screen, theme)
                (folder / f"{scene}-{theme}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
