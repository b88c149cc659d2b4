# SPDX-License-Identifier: GPL-2.0-or-later
"""What other programs take to open or index the same mails, those of them that are installed.

mutt and neomutt open them as an mbox and as a Maildir, from the start to the list on the screen, with their own
settings; notmuch, mu and public-inbox index them. Each counts what it has, which is compared with what was given.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile

from archive import copy_references
from measure import Home, row, run
from terminal import Terminal

MESSAGES = re.compile(r"\[Msgs:(\d+)")


class Mails:
    """The mails of an archive as an mbox and a Maildir."""

    def __init__(self, archive, folder):
        self.mbox = os.path.join(folder, "mbox")
        self.maildir = os.path.join(folder, "Maildir")
        self.count = 0
        for part in "cur", "new", "tmp":
            os.makedirs(os.path.join(self.maildir, part))
        with open(self.mbox, "wb") as mbox:
            for repository, names in reversed(list(zip(archive.repositories, archive.names))):
                for mail in self.read(repository, names):
                    self.add(mail, mbox)

    @staticmethod
    def read(repository, names):
        """The mails, the oldest first."""
        with open(names) as lines:
            oldest_first = "".join(reversed(lines.readlines()))
        with tempfile.TemporaryFile("w+") as given:
            given.write(oldest_first)
            given.seek(0)
            git = subprocess.Popen(["git", "-C", repository, "cat-file", "--batch", "--buffer"], stdin=given,
                                   stdout=subprocess.PIPE)
            while head := git.stdout.readline().split():
                if head[-1] != b"missing":
                    yield git.stdout.read(int(head[2]))
                    git.stdout.read(1)
            git.wait()

    def add(self, mail, mbox):
        name = f"{1500000000 + self.count}.{self.count}.bench:2,S"
        with open(os.path.join(self.maildir, "cur", name), "wb") as out:
            out.write(mail)
        mbox.write(b"From list@example.org Thu Jan  1 00:00:00 2026\n" + re.sub(rb"(?m)^(>*From )", rb">\1", mail))
        mbox.write(b"\n" if mail.endswith(b"\n") else b"\n\n")
        self.count += 1


def mutt(program, box, cache, home):
    """Seconds from the start to the list, and how many mails it has."""
    settings = ["-e", f"set folder={home.folder}"] + (["-e", f"set header_cache={cache}"] if cache else [])
    command = [shutil.which(program), "-n", "-F", "/dev/null", "-R", *settings, "-f", box]
    terminal = Terminal(command, home.environment)
    shown = terminal.until(lambda screen: MESSAGES.search(screen.line(-2)))
    count = int(MESSAGES.search(terminal.screen.line(-2))[1])
    terminal.press(b"x")
    terminal.finish()
    return shown - terminal.start, count


def mutts(program, mails, home):
    """What is opened and how, and what that gives."""
    yield "mbox", mutt(program, mails.mbox, None, home)
    yield "Maildir", mutt(program, mails.maildir, None, home)
    cache = os.path.join(home.folder, program)
    mutt(program, mails.maildir, cache, home)
    yield "Maildir, header cache", mutt(program, mails.maildir, cache, home)


def notmuch(mails, _, home):
    config = os.path.join(home.folder, "notmuch")
    with open(config, "w") as out:
        out.write(f"[database]\npath={mails.maildir}\n[new]\ntags=\n[maildir]\nsynchronize_flags=false\n")
    home.environment["NOTMUCH_CONFIG"] = config
    taken = run(["notmuch", "new", "--no-hooks", "--quiet"], home).wall
    return taken, int(output(home, "notmuch", "count", "--output=files", "--exclude=false", "*"))


def mu(mails, _, home):
    folder = f"--muhome={home.folder}/mu"
    run(["mu", "init", folder, f"--maildir={mails.maildir}"], home)
    taken = run(["mu", "index", folder, "--quiet"], home).wall
    return taken, len(output(home, "mu", "find", folder, "--fields=l", "--include-related=false",
                             "--skip-dups=false", "").splitlines())


def public_inbox(_, archive, home):
    inbox = os.path.join(home.folder, "inbox")
    newest = len(archive.repositories) - 1
    for number, repository in enumerate(archive.repositories):
        copy_references(repository, os.path.join(inbox, "git", f"{newest - number}.git"))
    with open(os.path.join(inbox, "inbox.lock"), "w"):
        pass
    home.environment["PI_CONFIG"] = os.path.join(home.folder, "public-inbox")
    taken = run(["public-inbox-index", "-L", "basic", inbox], home).wall
    with sqlite3.connect(os.path.join(inbox, "msgmap.sqlite3")) as known:
        return taken, known.execute("SELECT COUNT(*) FROM msgmap").fetchone()[0]


def output(home, *command):
    return subprocess.run(command, env=home.environment, check=True, stdout=subprocess.PIPE, text=True,
                          errors="replace").stdout


def report(archive, what, mails, taken, count):
    with Home() as home:
        git = archive.print_with_git(home).wall
    row(f"{what} / git" + ("" if count == mails.count else f" ({count} of {mails.count} mails)"), taken / git)


def others(archive):
    with tempfile.TemporaryDirectory(prefix="pore-bench-") as folder:
        mails = Mails(archive, folder)
        for program in "mutt", "neomutt":
            with Home() as home:
                if installed(program):
                    for what, (taken, count) in mutts(program, mails, home):
                        report(archive, f"{program}, {what}", mails, taken, count)
        for program, index in ("notmuch", notmuch), ("mu", mu), ("public-inbox-index", public_inbox):
            with Home() as home:
                if installed(program):
                    report(archive, f"{program}", mails, *index(mails, archive, home))


def installed(program):
    found = shutil.which(program)
    if not found:
        print(f"{program}: not installed")
    return found
