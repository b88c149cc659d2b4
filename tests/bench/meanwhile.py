# SPDX-License-Identifier: GPL-2.0-or-later
"""What others do to an archive and to the marks while somebody reads: mails arrive, git packs, another pore runs."""
import os
import random
import re
import subprocess
import threading
import time

from archive import git
from generate import List

BATCH = 12  # mails at most
PAUSE = 1.0, 8.0  # seconds between batches
PACKING = [["gc", "-q"], ["gc", "-q", "--prune=now"], ["repack", "-adq"], ["repack", "-dq"],
           ["pack-refs", "--all"], ["multi-pack-index", "write"], ["commit-graph", "write", "--reachable"]]
STATES = ["reviewed", "unreviewed", "later", "ignored", "flagged", "unflagged", "note=seen elsewhere", "no-note"]


class Growing:
    """A copy of ARCHIVE that had its last LATER mails not yet, and gets them one by one, made-up ones between."""

    def __init__(self, archive, folder, later, seed):
        source = archive.repositories[0]
        self.path = os.path.join(folder, "archive.git")
        self.random = random.Random(seed)
        commits = git(source, "rev-list", "--first-parent", "--reverse", "HEAD").split()
        first = max(len(commits) - later, len(commits) // 2)
        self.later = commits[first:]
        self.source = source
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=master", self.path], check=True)
        git(self.path, "fetch", "-q", "--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack",
            source, f"{commits[first - 1]}:refs/heads/master")
        newest = int(git(source, "log", "-1", "--format=%ct", "HEAD"))
        self.made = List(0, None, newest)
        self.real_mails = self.packings = 0

    @property
    def mails(self):
        return self.real_mails + self.made.written

    def add(self):
        """As public-inbox does: by git fast-import, a commit a mail."""
        importer = subprocess.Popen(["git", "-C", self.path, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        importer.stdin.write(b"reset refs/heads/master\nfrom refs/heads/master^0\n\n")
        count = self.random.randint(1, BATCH)
        if self.later and self.random.random() < 0.6:
            for commit in self.later[:count]:
                self.add_real(commit, importer.stdin)
            self.real_mails += len(self.later[:count])
            del self.later[:count]
        else:
            self.made.out = importer.stdin
            self.made.mails = self.made.written + count
            self.made.make()
        importer.stdin.close()
        if importer.wait():
            raise OSError("git fast-import failed")

    def add_real(self, commit, out):
        mail = subprocess.run(["git", "-C", self.source, "cat-file", "blob", commit + ":m"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if mail.returncode:  # a mail that was taken away
            return
        when = git(self.source, "log", "-1", "--format=%ct", commit).strip()
        out.write(b"blob\nmark :1\ndata %d\n%b\n" % (len(mail.stdout), mail.stdout))
        out.write(b"commit refs/heads/master\ncommitter List <list@example.org> %b +0000\ndata 0\nM 100644 :1 m\n\n"
                  % when.encode())

    def pack(self):
        git(self.path, *self.random.choice(PACKING))
        self.packings += 1


class Meanwhile(threading.Thread):
    """Keeps an archive growing, and has PORE list, mark and hand marks on beside the browser."""

    def __init__(self, growing, pore, folder, environment, seed):
        super().__init__(daemon=True)
        self.growing, self.pore, self.folder, self.environment = growing, pore, folder, environment
        self.random = random.Random(seed)
        self.findings = []
        self.runs = 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(self.random.uniform(*PAUSE)):
            try:
                self.growing.add()
                if self.random.random() < 0.10:
                    self.growing.pack()
                if self.random.random() < 0.15:
                    self.other()
            except Exception as error:
                self.findings.append(f"meanwhile: {error}")

    def end(self):
        self.ended.set()
        if self.ident:
            self.join()

    def other(self):
        path = self.growing.path
        listed = self.pore_says("list", "-n", str(self.random.randint(1, 400)), path)
        ids = re.findall(r"^(?:[^\t]*\t){4}([^\t]*)", listed, re.MULTILINE)
        what = self.random.randrange(4)
        if what == 0 and ids:
            self.pore_says("mark", path, self.random.choice(STATES), *self.random.sample(ids, min(len(ids), 5)))
        elif what == 1 and ids:
            self.hand_on(ids)
        elif what == 2:
            self.pore_says("marks", "export", os.path.join(self.folder, "marks"))
            self.pore_says("marks", "import", os.path.join(self.folder, "marks"))
        self.runs += 1

    def hand_on(self, ids):
        """Marks that came from elsewhere."""
        said = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
        path = os.path.join(self.folder, "from-elsewhere")
        with open(path, "w") as out:
            for id in self.random.sample(ids, min(len(ids), 20)):
                out.write(f"<{id}> {self.random.choice(['later', 'flagged', 'unflagged', 'ignored'])} {said}\n")
        self.pore_says("marks", "import", path)

    def pore_says(self, *arguments):
        done = subprocess.run([self.pore, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace")
        if done.returncode or done.stderr:
            self.findings.append(f"pore {' '.join(arguments)[:200]}: exit {done.returncode}: {done.stderr[:2000]}")
        return done.stdout
