# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives as git sees them: which repositories, which mails, and one whose newest mails have not come yet."""
import os
import re
import shutil
import subprocess
import sys

from measure import Cost, run


class Archive:
    """A v2 archive; `work` is a folder for the names of its mails."""

    def __init__(self, path, work):
        self.path = os.path.abspath(path)
        self.name = self.title()
        self.repositories = self.epochs() or [self.path]
        self.names = []
        self.mails = 0
        for number, repository in enumerate(self.repositories):
            commits = git(repository, "rev-list", "--first-parent", "HEAD").split()
            self.mails += len(commits)
            self.names.append(os.path.join(work, f"{self.name}-{number}"))
            with open(self.names[-1], "w") as out:
                out.writelines(f"{commit}:m\n" for commit in commits)
        if not self.mails:
            sys.exit(f"bench: {path}: no mails")

    def title(self):
        """The last part of the path that says something, without what many archives have there."""
        parts = [part for part in self.path.split("/") if part not in ("git", "repo", "repo.git")]
        return re.sub(r"\.git$", "", parts[-1].split("+")[-1])

    def epochs(self):
        """Newest first, as pore reads them; none if the archive is a repository itself."""
        for folder in os.path.join(self.path, "git"), self.path:
            if os.path.isdir(folder):
                numbered = [name for name in os.listdir(folder) if re.fullmatch(r"\d+\.git", name)]
                if numbered:
                    return [os.path.join(folder, name)
                            for name in sorted(numbered, key=lambda name: -int(name[:-4]))]
        return []

    def print_with_git(self, home):
        """What git cat-file takes to print all mails."""
        costs = [run(["git", "-C", repository, "cat-file", "--batch", "--buffer"], home, names)
                 for repository, names in zip(self.repositories, self.names)]
        return sum(costs, Cost())


def git(repository, *arguments):
    return subprocess.run(["git", "-C", repository, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def copy_references(repository, copy):
    """A bare repository that has the same HEAD, no other references, and the objects of the first."""
    git_folder = git(repository, "rev-parse", "--absolute-git-dir").strip()
    subprocess.run(["git", "init", "-q", "--bare", copy], check=True)
    shutil.rmtree(os.path.join(copy, "objects"))
    os.symlink(os.path.join(git_folder, "objects"), os.path.join(copy, "objects"))
    head = git(repository, "rev-parse", "HEAD").strip()
    git(copy, "update-ref", "HEAD", head)


class Younger:
    """A copy of an archive that has other references and the same objects: its last COUNT mails are yet to come."""

    def __init__(self, archive, folder, count):
        self.path = os.path.join(folder, os.path.basename(archive.path))
        single = archive.repositories == [archive.path]
        for repository in archive.repositories:
            copy = self.path if single else os.path.join(self.path, os.path.relpath(repository, archive.path))
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            if repository == archive.repositories[0]:
                self.newest = copy
                copy_references(repository, copy)
            else:
                os.symlink(repository, copy)
        self.count = min(count, int(git(self.newest, "rev-list", "--first-parent", "--count", "HEAD")) // 2)
        self.new = git(self.newest, "rev-parse", "HEAD").strip()
        self.old = git(self.newest, "rev-parse", f"HEAD~{self.count}").strip()

    def go_back(self):
        git(self.newest, "update-ref", "HEAD", self.old)

    def go_forward(self):
        git(self.newest, "update-ref", "HEAD", self.new)
