#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a mailing list that nobody wrote, for measuring: public-inbox v2, one commit a mail.

usage: generate.py MAILS REPOSITORY
       generate.py --series SERIES REPOSITORY

The mails come in the proportions of real lists: three in ten are patches or cover letters, series have one to
twelve patches, four in ten are posted again with changes, and people answer. One thread is as no real list has it:
a tenth of the mails, up to 100,000, answer a patch or its answers. With --series the list is of so many patches
alone, each a series. The same number gives the same list.
"""
import argparse
import os
import random
import subprocess
import sys
import time

PEOPLE = 400
LONG_THREAD = 100000
WORDS = ("buffer cache clock core device driver entry error event field fix flag frame handle handler header index "
         "init input interface kernel length limit list lock map memory mode number offset order page path "
         "pointer port queue range read register reset resource return ring scan select signal size skip "
         "slot socket stack start state status string support table test thread timeout timer token trace "
         "type update use user value vector wait window word worker write").split()
FIRST_DATE = 1500000000


class List:
    def __init__(self, mails, out, first_date=FIRST_DATE):
        self.first_date = first_date
        self.random = random.Random(2026)
        self.mails = mails
        self.out = out
        self.written = 0
        self.open = []  # series that may be posted again: (title, patches, version, sender, id)
        self.threads = []  # ids of mails that may be answered, with their subjects
        self.long = []  # the last ids of the long thread
        self.long_mails = min(mails // 10, LONG_THREAD)
        self.long_written = 0

    def words(self, count):
        return " ".join(self.random.choices(WORDS, k=count))

    def sender(self, number):
        return f"Person {number} <person{number}@example{number % 40}.org>"

    def write(self, subject, sender, body, parent=None):
        """One mail; its Message-ID."""
        self.written += 1
        date = self.first_date + self.written * 120
        message_id = f"{self.written:08d}.{self.random.getrandbits(64):016x}@example.org"
        lines = [f"From: {self.sender(sender)}", "To: list@example.org", f"Subject: {subject}",
                 f"Date: @{date}", f"Message-ID: <{message_id}>"]
        lines[3] = "Date: " + self.rfc_date(date)
        if parent:
            lines += [f"In-Reply-To: <{parent}>", f"References: <{parent}>"]
        raw = ("\n".join(lines) + "\n\n" + body).encode()
        who = f"List <list@example.org> {date} +0000"
        self.out.write(b"blob\nmark :1\ndata %d\n%b\n" % (len(raw), raw))
        log = subject.encode()
        self.out.write(b"commit refs/heads/master\ncommitter %b\ndata %d\n%b\nM 100644 :1 m\n\n"
                       % (who.encode(), len(log), log))
        return message_id

    @staticmethod
    def rfc_date(date):
        return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(date))

    def diff(self, seed):
        chance = random.Random(seed)
        name = f"{chance.choice(WORDS)}/{chance.choice(WORDS)}.c"
        lines = [f"diff --git a/{name} b/{name}", f"--- a/{name}", f"+++ b/{name}"]
        for hunk in range(chance.randint(1, 3)):
            added = chance.randint(1, 8)
            lines.append(f"@@ -{hunk * 100 + 10},4 +{hunk * 100 + 10},{4 + added} @@ static void work(void)")
            text = lambda: "\t" + "_".join(chance.choices(WORDS, k=chance.randint(2, 6))) + "(" + \
                "%x" % chance.getrandbits(32) + ");"
            lines += [" " + text(), " " + text()] + ["+" + text() for _ in range(added)]
            lines += [" " + text(), " " + text()]
        return "\n".join(lines)

    def patch(self, prefix, title, sender, seed, parent):
        body = (self.words(60) + ".\n\nSigned-off-by: " + self.sender(sender) + "\n---\n" + self.diff(seed) +
                "\n-- \n2.43.0\n")
        return self.write(f"[{prefix}] {title}", sender, body, parent)

    def posting(self, title, seeds, version, sender):
        count, lead = len(seeds), None
        again = f" v{version}" if version > 1 else ""
        if count > 1:
            lead = self.write(f"[PATCH{again} 0/{count}] {title}", sender, self.words(120) + ".\n")
        for i, (name, seed) in enumerate(seeds):
            number = f" {i + 1}/{count}" if count > 1 else ""
            sent = self.patch(f"PATCH{again}{number}", name, sender, seed, lead)
            lead = lead or sent
            self.threads.append((sent, f"[PATCH{again}{number}] {name}"))
        if self.random.random() < 0.4 and version < 9:
            self.open.append((title, seeds, version + 1, sender))

    def new_series(self):
        count = self.random.choice([1, 1, 1, 2, 3, 4, 5, 7, 12])
        title = self.words(5) + f" {self.written}"
        names = [title] if count == 1 else [self.words(5) + f" {self.written + i}" for i in range(count)]
        self.posting(title, [(name, self.random.getrandbits(48)) for name in names], 1,
                     self.random.randrange(PEOPLE))

    def again(self):
        title, seeds, version, sender = self.open.pop(self.random.randrange(len(self.open)))
        changed = [(name, seed if self.random.random() < 0.5 else self.random.getrandbits(48))
                   for name, seed in seeds]
        self.posting(title, changed, version, sender)

    def answer(self):
        parent, subject = self.threads[-1 - self.random.randrange(min(len(self.threads), 60))]
        self.threads.append((self.write_answer(parent, subject), subject))

    def answer_long(self):
        title = "long_thread: add a core driver"
        if self.long:
            sent = self.write_answer(self.random.choice(self.long), "[PATCH] " + title)
        else:
            sent = self.patch("PATCH", title, 0, 0, None)
        self.long.append(sent)
        self.long_written += 1
        del self.long[:-60]

    def write_answer(self, parent, subject):
        """Its Message-ID."""
        quoted = "\n".join("> " + self.words(10) for _ in range(self.random.randint(2, 14)))
        sender = self.random.randrange(PEOPLE)
        body = f"{quoted}\n\n{self.words(40)}.\n"
        if self.random.random() < 0.2:
            body += f"\nReviewed-by: {self.sender(sender)}\n"
        return self.write("Re: " + subject, sender, body, parent)

    def make(self):
        while self.written < self.mails:
            chance = self.random.random()
            if self.long_written < self.written * self.long_mails // self.mails:
                self.answer_long()
            elif chance < 0.10 or not self.threads:
                self.new_series()
            elif chance < 0.14 and self.open:
                self.again()
            else:
                self.answer()
            del self.open[:-500], self.threads[:-500]

    def make_series(self):
        while self.written < self.mails:
            self.patch("PATCH", self.words(5) + f" {self.written}", self.random.randrange(PEOPLE),
                       self.random.getrandbits(48), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--series", action="store_true", help="patches alone, each a series")
    parser.add_argument("mails", type=int)
    parser.add_argument("repository")
    chosen = parser.parse_args()
    repository = chosen.repository
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=master", repository], check=True)
    importer = subprocess.Popen(["git", "-C", repository, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    made = List(chosen.mails, importer.stdin)
    made.make_series() if chosen.series else made.make()
    importer.stdin.close()
    if importer.wait() != 0:
        sys.exit("generate: git fast-import failed")
    os.sync()


if __name__ == "__main__":
    main()
