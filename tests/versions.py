#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes pairs of versions of made-up patch series: what a repository would hold of them.

usage: versions.py | git fast-import

The branch base holds the files; of each pair NAME-old and NAME-new are the two versions, and
NAME-base is what the new one is built upon. The same every time.
"""
import random
import sys

AUTHORS = ["Ines Aalto <ines@example.org>", "Bjørn Ås <bjorn@example.com>", "Wei Chén <wei@example.net>"]
WORDS = ("anchor basin canal delta estuary ferry gauge harbor inlet jetty keel lagoon marina narrows "
         "outflow pier quay reef sluice tide").split()
FILES = [f"{word}/{other}.c" for word, other in zip(WORDS[:6], WORDS[6:12])]


def source(path, functions=12):
    """The lines of a file: functions in which no line stands twice, but for those that stand in all."""
    stem = path.split("/")[1][:-2]
    lines = [f"/* The {stem}. */", '#include "water.h"', ""]
    for number in range(functions):
        lines += [f"static int {stem}_{WORDS[number]}(struct {stem} *{stem}, int level)", "{", "\tint error;", ""]
        for step in range(6):
            lines += [f"\terror = {stem}_step({number * 10 + step}, level);", "\tif (error)", "\t\treturn error;"]
        lines += [f"\treturn {stem}_end({number});", "}", ""]
    return lines


class Patch:
    """A commit to be: each edit is something that is done to a dictionary of path: (mode, bytes)."""

    def __init__(self, title, body, author, edits):
        self.title, self.body, self.author, self.edits = title, list(body), author, list(edits)

    def copy(self):
        return Patch(self.title, self.body, self.author, self.edits)


def split(content):
    return content.decode().split("\n")


def replace(path, line, count, new):
    """Puts NEW in the place of COUNT lines from that on which reads LINE."""
    def edit(tree):
        if path not in tree:
            return
        mode, content = tree[path]
        lines = split(content)
        if line in lines:
            at = lines.index(line)
            lines[at:at + count] = new
            tree[path] = mode, "\n".join(lines).encode()
    return edit


def write(path, content, mode="100644"):
    def edit(tree):
        tree[path] = mode, content
    return edit


def remove(path):
    def edit(tree):
        tree.pop(path, None)
    return edit


def rename(path, new):
    def edit(tree):
        if path in tree:
            tree[new] = tree.pop(path)
    return edit


def change_mode(path, mode):
    def edit(tree):
        if path in tree:
            tree[path] = mode, tree[path][1]
    return edit


class Maker:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.taken = set()

    def words(self, count):
        return " ".join(self.chance.choice(WORDS) for _ in range(count))

    def call(self):
        return "\t" + "_".join(self.chance.sample(WORDS, 3)) + f"({self.chance.randrange(1000)});"

    def place(self):
        """A file and a line of it that nobody else changes."""
        while True:
            path = self.chance.choice(FILES)
            function, step = self.chance.randrange(12), self.chance.randrange(6)
            if (path, function) not in self.taken:
                self.taken.add((path, function))
                stem = path.split("/")[1][:-2]
                return path, f"\terror = {stem}_step({function * 10 + step}, level);"

    def edit(self, lines=None):
        path, line = self.place()
        new = [self.call() for _ in range(lines or self.chance.randint(1, 7))]
        kind = self.chance.randrange(3)
        if kind == 0:
            return replace(path, line, 1, new)
        if kind == 1:
            return replace(path, line, 1, new + [line])
        return replace(path, line, 3, new)

    def patch(self, edits=None):
        title = f"{self.chance.choice(WORDS)}: {self.words(self.chance.randint(2, 9))} {self.chance.randrange(10000)}"
        body = [self.words(self.chance.randint(4, 11)) for _ in range(self.chance.randint(2, 8))]
        author = self.chance.choice(AUTHORS)
        body += ["", f"Signed-off-by: {author}"]
        if edits is None:
            edits = [self.edit() for _ in range(self.chance.randint(1, 3))]
        return Patch(title, body, author, edits)

    def series(self, least=3, most=8):
        return [self.patch() for _ in range(self.chance.randint(least, most))]


# Each makes of the old version (a list of patches, its own copies) the new one, and may change the old one.

def message(maker, old, new):
    maker.chance.choice(new).body[0] = maker.words(9)


def paragraphs(maker, old, new):
    body = maker.chance.choice(new).body
    body[1:1] = ["", "\t" + maker.words(3) + "\t" + maker.words(2), "", maker.words(8)]


def trailers(maker, old, new):
    for patch in new:
        if maker.chance.random() < 0.7:
            patch.body.append(f"Reviewed-by: {maker.chance.choice(AUTHORS)}")


def author(maker, old, new):
    new[0].author = "Somebody Else <else@example.org>"


def hunks(maker, old, new):
    for patch in new:
        if maker.chance.random() < 0.5:
            patch.edits.append(maker.edit(2))


def calls(maker, old, new):
    """One line of what a patch adds is another."""
    for index in range(0, len(new), 2):
        path, line = maker.place()
        lines = [maker.call() for _ in range(5)]
        old[index].edits.append(replace(path, line, 1, lines))
        new[index].edits.append(replace(path, line, 1, lines[:2] + [maker.call()] + lines[3:]))


def reorder(maker, old, new):
    maker.chance.shuffle(new)


def rotate(maker, old, new):
    new.append(new.pop(0))


def drop(maker, old, new):
    del new[maker.chance.randrange(len(new))]


def drop_two(maker, old, new):
    drop(maker, old, new)
    drop(maker, old, new)


def add(maker, old, new):
    new.insert(maker.chance.randrange(len(new) + 1), maker.patch())


def add_two(maker, old, new):
    add(maker, old, new)
    add(maker, old, new)


def divide(maker, old, new):
    """A patch becomes two, of which the first has its title."""
    index = maker.chance.randrange(len(new))
    old[index].edits += [maker.edit(4), maker.edit(5)]
    edits = old[index].edits
    new[index].edits = edits[:len(edits) // 2 + 1]
    new.insert(index + 1, maker.patch(edits[len(edits) // 2 + 1:]))


def squash(maker, old, new):
    index = maker.chance.randrange(len(new) - 1)
    new[index].edits += new.pop(index + 1).edits


def retitle(maker, old, new):
    maker.chance.choice(new).title = "retitled: " + maker.words(4)


def retitle_all(maker, old, new):
    for patch in new:
        patch.title = maker.patch([]).title


def retitle_and_change(maker, old, new):
    """Other titles and messages, and something else in each: only what they change tells them apart."""
    for before, patch in zip(old, new):
        before.edits += [maker.edit(5) for _ in range(2)]
        patch.edits = list(before.edits)
        patch.title = maker.patch([]).title
        patch.body[0] = maker.words(8)
        patch.edits.append(maker.edit(2))


def rename_file(maker, old, new):
    path = FILES[0]
    old[0].edits = [rename(path, "anchor/old-name.c")]
    new[0].edits = [rename(path, "anchor/new-name.c")]


def rename_and_change(maker, old, new):
    line = "\terror = gauge_step(30, level);"
    old[-1].edits = [rename(FILES[0], "anchor/old-name.c"),
                     replace("anchor/old-name.c", line, 1, [maker.call(), maker.call()])]
    new[-1].edits = [rename(FILES[0], "anchor/new-name.c"),
                     replace("anchor/new-name.c", line, 1, [maker.call()])]


def modes(maker, old, new):
    old[0].edits.append(write("run.sh", b"#!/bin/sh\nexit 0\n"))
    new[0].edits.append(write("run.sh", b"#!/bin/sh\nexit 0\n", "100755"))
    old[1].edits.append(change_mode(FILES[1], "100755"))


def new_file(maker, old, new):
    lines = source("new/creek.c", 3)
    old[0].edits.append(write("new/creek.c", "\n".join(lines).encode()))
    lines[8:9] = [maker.call(), maker.call()]
    new[0].edits.append(write("new/creek.c", "\n".join(lines).encode()))


def deleted_file(maker, old, new):
    path = FILES[2]
    old[0].edits = [remove(path)]
    new[0].edits = [remove(path), maker.edit(3)]


def deleted_no_more(maker, old, new):
    path = FILES[3]
    old[-1].edits = [remove(path), maker.edit(6)]
    new[-1].edits = [write(path, b"/* Nothing is left of it. */\n"), maker.edit(3)]


def no_newline(maker, old, new):
    old[0].edits.append(write("notes", b"first\nsecond\nthird"))
    new[0].edits.append(write("notes", b"first\nsecond\nthird\n"))
    old[1].edits.append(write("notes", b"first\nsecond\n3rd\n"))
    new[1].edits.append(write("notes", b"first\nsecond\n3rd"))


def binary(maker, old, new):
    data = bytes(maker.chance.randrange(256) for _ in range(400))
    old[0].edits.append(write("picture.bin", b"\0" + data))
    new[0].edits.append(write("picture.bin", b"\0" + data[:100] + b"\0\1\2" + data[100:]))
    new[1].edits.append(maker.edit(1))


def odd_paths(maker, old, new):
    old[0].edits.append(write("with blank/späť.txt", b"one\ntwo\nthree\n"))
    new[0].edits.append(write("with blank/späť.txt", b"one\n2\nthree\n"))


def headings(maker, old, new):
    """Lines that look like those of a comparable patch."""
    lines = [f"## part {number} ##" if number % 9 == 0 else f"@@ {number}" if number % 7 == 0 else
             f"-- line {number}" for number in range(60)]
    old[0].edits.append(write("looks.txt", "\n".join(lines).encode() + b"\n"))
    lines[13] = lines[44] = "something else"
    new[0].edits.append(write("looks.txt", "\n".join(lines).encode() + b"\n"))


def long_headings(maker, old, new):
    """Functions whose names are cut, one within a character."""
    for name in ("a" * 77, "b" * 78, "c" * 79, "d" * 20):
        lines = [f"{name}öäü{name}"] + [f" {name} {number}" for number in range(40)]
        path = f"long-{name[0]}.txt"
        for version in (old, new):
            version[0].edits.append(write(path, "\n".join(lines).encode() + b"\n"))
        for version, word in ((old, "old"), (new, "new")):
            version[1].edits += [replace(path, f" {name} {at}", 1, [f" {word} {at}"]) for at in (20, 35)]


def blank_lines(maker, old, new):
    """What could be moved up or down by a few lines."""
    block = ["", "\tfor (;;) {", "\t\twork();", "\t}", "", "\tfor (;;) {", "\t\twork();", "\t}", ""]
    path, line = maker.place()
    old[0].edits.append(replace(path, line, 1, block))
    new[0].edits.append(replace(path, line, 1, block[:5] + ["\tfor (;;) {", "\t\trest();", "\t}", ""] + block[5:]))


def same_titles(maker, old, new):
    """Patches that are all called the same."""
    for before, patch in zip(old, new):
        before.title = patch.title = "reef: mend the reef"
        patch.edits.append(maker.edit(1))


def same_diffs(maker, old, new):
    """Done, undone, and done again."""
    path, line = maker.place()
    lines = [maker.call() for _ in range(4)]
    for version in (old, new):
        version.append(maker.patch([replace(path, line, 1, lines)]))
        version.append(maker.patch([replace(path, lines[0], 4, [line])]))
        version.append(maker.patch([replace(path, line, 1, lines)]))


def anew(maker, old, new):
    """Only the title is what it was."""
    index = maker.chance.randrange(len(new))
    title = new[index].title
    new[index] = maker.patch()
    new[index].title = title


def swap_titles(maker, old, new):
    """Two patches whose titles went to one another, and something else in each."""
    old[0].edits += [maker.edit(5), maker.edit(5)]
    old[1].edits += [maker.edit(5), maker.edit(5)]
    new[0].edits, new[1].edits = list(old[0].edits) + [maker.edit(1)], list(old[1].edits) + [maker.edit(1)]
    new[0].title, new[1].title = new[1].title, new[0].title


def drift(tree, maker):
    """What other people did meanwhile."""
    for path in FILES:
        stem = path.split("/")[1][:-2]
        replace(path, "\tint error;", 1, ["\tint error = 0;"])(tree)
        for step in (3, 25, 47, 84):
            replace(path, f"\terror = {stem}_step({step}, level);", 1,
                    [f"\terror = {stem}_step({step}, level + {maker.chance.randrange(9)});"])(tree)
        replace(path, '#include "water.h"', 1, ['#include "sand.h"', '#include "stone.h"', '#include "water.h"'])(tree)


CASES = [
    [message], [paragraphs], [trailers], [author], [hunks], [calls], [reorder], [rotate], [drop], [drop_two], [add],
    [add_two], [divide], [squash], [retitle], [retitle_all], [retitle_and_change], [rename_file], [rename_and_change],
    [modes], [new_file], [deleted_file], [deleted_no_more], [no_newline], [binary], [odd_paths], [headings],
    [long_headings], [blank_lines], [same_titles], [same_diffs], [anew], [swap_titles], ["drift"],
    ["drift", trailers], ["drift", hunks, reorder], ["drift", drop, add], ["drift", retitle_and_change],
    ["drift", retitle_all, reorder], [retitle_and_change, reorder], [retitle_and_change, drop, add], [reorder, calls],
    [reorder, drop, add], [drop_two, add_two, retitle], [divide, reorder], [squash, trailers], [squash, divide],
    [hunks, message, trailers], [calls, hunks, rotate], [new_file, reorder, message], [binary, reorder, drop],
    [modes, rotate, retitle_all], [blank_lines, calls, "drift"], [no_newline, rotate, add],
    [deleted_file, drop, paragraphs], [rename_and_change, reorder, "drift"], [anew, reorder], [swap_titles, reorder],
    [same_titles, drop], [same_diffs, reorder], [message, message, message], [add_two, drop_two, reorder, "drift"],
]


class Stream:
    """What git fast-import reads."""

    def __init__(self, out):
        self.out, self.marks, self.date = out, 0, 1700000000

    def blob(self, content):
        self.marks += 1
        self.out.write(b"blob\nmark :%d\ndata %d\n%b\n" % (self.marks, len(content), content))
        return self.marks

    def commit(self, branch, parent, author, text, before, after):
        """A commit that makes AFTER of the tree BEFORE; its mark."""
        changed = [(path, after[path][0], self.blob(after[path][1]))
                   for path in sorted(after) if before.get(path) != after[path]]
        self.marks += 1
        self.date += 60
        text = text.encode()
        self.out.write(b"commit refs/heads/%b\nmark :%d\nauthor %b %d +0100\ncommitter C <c@example.org> %d +0000\n"
                       b"data %d\n%b\n" % (branch.encode(), self.marks, author.encode(), self.date, self.date,
                                          len(text), text))
        if parent:
            self.out.write(b"from :%d\n" % parent)
        for path in sorted(before):
            if path not in after:
                self.out.write(b"D %b\n" % path.encode())
        for path, mode, blob in changed:
            self.out.write(b"M %b :%d %b\n" % (mode.encode(), blob, path.encode()))
        self.out.write(b"\n")
        return self.marks

    def version(self, branch, parent, tree, patches):
        for patch in patches:
            after = dict(tree)
            for edit in patch.edits:
                edit(after)
            if after == tree:
                after[f"left-{self.marks}.txt"] = "100644", b"What it changed is not there.\n"
            text = patch.title + "\n\n" + "\n".join(patch.body) + "\n"
            parent = self.commit(branch, parent, patch.author, text, tree, after)
            tree = after


def main():
    stream = Stream(sys.stdout.buffer)
    tree = {path: ("100644", "\n".join(source(path)).encode()) for path in FILES}
    base = stream.commit("base", None, AUTHORS[0], "base\n", {}, tree)
    for seed, steps in enumerate(CASES + CASES[-29:]):
        maker = Maker(seed)
        old = maker.series()
        new = [patch.copy() for patch in old]
        new_base, new_tree = base, dict(tree)
        for step in steps:
            if step == "drift":
                drift(new_tree, maker)
                new_base = stream.commit(f"{seed:03}-drift", base, AUTHORS[1], "meanwhile\n", tree, new_tree)
            else:
                step(maker, old, new)
        name = f"{seed:03}-" + "-".join(step if step == "drift" else step.__name__ for step in steps)
        stream.out.write(b"reset refs/heads/%b-base\nfrom :%d\n\n" % (name.encode(), new_base))
        stream.version(name + "-old", base, tree, old)
        stream.version(name + "-new", new_base, new_tree, new)


main()
