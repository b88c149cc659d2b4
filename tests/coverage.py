#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `make check` ran of src/ and ui/, from the counts that it has left in BUILD (--enable-coverage).

usage: coverage.py SOURCE BUILD [FILE ...]

Prints covered and all lines and branches of each file, folder and half of the tree. With FILEs,
such as src/scan.c, prints their lines that did not run instead.

SOURCE/tests/uncovered.md says which lines never run, and why: below a heading for each reason,
lines such as

    - `src/scan.c`: `read_all` 2, `stop` 1

for as many lines of these functions. What is uncovered and not there is printed and makes the status 1, and
so does what is there and no longer uncovered; only of the groups whose heading says "sometimes" may
either be the case.
"""
import collections
import json
import os
import re
import subprocess
import sys

HALVES = {"src": 90, "ui": 80}


class Line:
    def __init__(self, function):
        self.function = function
        self.count = 0
        self.branches = []


def read_counts(source, build):
    """{file: {number: Line}}; what a header has inline counts when it ran anywhere."""
    notes = []
    for half in HALVES:
        for folder, _, names in os.walk(os.path.join(build, half)):
            notes += [os.path.abspath(os.path.join(folder, name)) for name in names if name.endswith(".gcno")]
    if not notes:
        sys.exit("coverage.py: no .gcno files: configure with --enable-coverage")
    gcov = os.environ.get("GCOV", "gcov")
    run = subprocess.run([gcov, "--json-format", "--stdout", "--branch-probabilities", *notes],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    files = collections.defaultdict(dict)
    for report in map(json.loads, run.stdout.splitlines()):
        for part in report["files"]:
            path = os.path.join(report["current_working_directory"], part["file"])
            name = os.path.relpath(os.path.realpath(path), os.path.realpath(source))
            if name.split(os.sep)[0] in HALVES:
                add_lines(files[name], part["lines"])
    return files


def add_lines(lines, found):
    for entry in found:
        line = lines.setdefault(entry["line_number"], Line(entry.get("function_name", "")))
        line.count += entry["count"]
        counts = [branch["count"] for branch in entry["branches"]]
        if len(counts) == len(line.branches):
            line.branches = [one + other for one, other in zip(line.branches, counts)]
        else:
            line.branches = max(line.branches, counts, key=len)


def covered(lines):
    branches = [count for line in lines for count in line.branches]
    return (sum(line.count > 0 for line in lines), len(lines), sum(count > 0 for count in branches), len(branches))


def figures(name, lines):
    lines_run, lines_all, branches_run, branches_all = covered(lines)
    return "%-36s %6d %6d %6.1f %% %6d %6d %6.1f %%" % (
        name, lines_run, lines_all, 100 * lines_run / max(lines_all, 1),
        branches_run, branches_all, 100 * branches_run / max(branches_all, 1))


def print_figures(files):
    """Returns whether each half has what is wanted of it."""
    print("%-36s %20s   %20s" % ("", "lines run, all", "branches run, all"))
    folders, halves = collections.defaultdict(list), collections.defaultdict(list)
    for name in sorted(files):
        lines = list(files[name].values())
        folders[os.path.dirname(name)] += lines
        halves[name.split(os.sep)[0]] += lines
        print(figures(name, lines))
    print()
    for name in sorted(folders):
        print(figures(name, folders[name]))
    print()
    enough = True
    for half, wanted in HALVES.items():
        print(figures("all of " + half + "/", halves[half]))
        run, everything = covered(halves[half])[:2]
        if 100 * run <= wanted * everything:
            print(f"{half}/: not more than {wanted} % of the lines")
            enough = False
    return enough


def read_reasons(path):
    """{(file, function): (lines, whether only sometimes)} and [(reason, lines)]"""
    known, reasons = {}, []
    with open(path, encoding="utf-8") as text:
        for line in text:
            if line.startswith("## "):
                reasons.append([line[3:].strip(), 0])
            entry = re.match(r"- `([^`]+)`:", line)
            for function, count in re.findall(r"`(\w+)` (\d+)", line) if entry else []:
                known[entry[1], function] = (int(count), "sometimes" in reasons[-1][0])
                reasons[-1][1] += int(count)
    return known, reasons


def check_reasons(files, path):
    known, reasons = read_reasons(path)
    print("\nlines that have a reason in tests/uncovered.md:")
    for reason, lines in reasons:
        print("%6d  %s" % (lines, reason))
    missed = collections.defaultdict(list)
    for name, lines in files.items():
        for number, line in sorted(lines.items()):
            if line.count == 0:
                missed[name, line.function].append(number)
    good = True
    for (name, function), numbers in sorted(missed.items()):
        count, _ = known.get((name, function), (0, False))
        if len(numbers) > count:
            print(f"{name}:{numbers[0]}: {function}: {len(numbers)} lines did not run, {count} have a reason: "
                  + " ".join(map(str, numbers)))
            good = False
    for (name, function), (count, sometimes) in sorted(known.items()):
        if len(missed[name, function]) < count and not sometimes:
            print(f"{name}: {function}: {count} lines have a reason, {len(missed[name, function])} did not run")
            good = False
    return good


def print_missed(source, name, lines):
    with open(os.path.join(source, name), encoding="utf-8") as text:
        for number, written in enumerate(text, 1):
            line = lines.get(number)
            if line and line.count == 0:
                print(f"{name}:{number}: {line.function}: {written.rstrip()}")


def main():
    source, build, *names = sys.argv[1:]
    files = read_counts(source, build)
    if names:
        for name in names:
            print_missed(source, name, files[name])
        return
    enough = print_figures(files)
    known = check_reasons(files, os.path.join(source, "tests", "uncovered.md"))
    sys.exit(not (enough and known))


main()
