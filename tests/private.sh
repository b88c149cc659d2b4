#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What pore keeps for itself is its user's alone, whatever the umask says; nothing is left among the temporary files.
set -u
. "$(dirname "$0")/support.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
python3 -c 'import pty' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
settle_in "$work"
TERM=xterm TZ=UTC HOME=$work TMPDIR=$work/temporary
export TERM TZ HOME TMPDIR
unset VISUAL EDITOR
mkdir temporary project
git init -q project
echo dry >project/file.c
git -C project add file.c
git -C project commit -qm x
cat >box <<'.'
From mboxrd@z Thu Jan  1 00:00:00 1970
From: Ann Example <ann@example.org>
Date: Fri, 1 Mar 2019 10:00:00 +0000
Message-ID: <a1@example.org>
Subject: [PATCH] file: oil it

Oil.

Signed-off-by: Ann Example <ann@example.org>
---
diff --git a/file.c b/file.c
--- a/file.c
+++ b/file.c
@@ -1 +1 @@
-dry
+oily
--
2.39

.
cat >rc <<'.'
set nobeep nowait_key shell=/bin/sh repo=project from="Mia <mia@example.org>"
set editor="echo x >>%s; true"
.
cat >script <<'.'
/oil<Enter>
:edit-note seen
A<Enter>
:pipe-message ls -A $TMPDIR >while; cat >/dev/null
r
k
:quit
.

# session UMASK: commands, and a browser that does all that leaves something.
session() {
    rm -rf cache state list.git
    (
        umask "$1"
        "$pore" import list.git box && "$pore" list --history --all list.git &&
            "$pore" mark list.git later a1@example.org &&
            timeout 60 python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
                "$pore" -F rc --script script --all list.git
    ) >out 2>&1 </dev/null || { fail "umask $1: a session"; cat -v out | tail -n 5; }
}

for mask in 000 022 077; do
    session $mask
    for kept in cache/pore state/pore/marks.sqlite state/pore/history state/pore/drafts; do
        [ -e $kept ] || fail "umask $mask: there is no $kept"
    done
    [ -n "$(find state/pore/drafts -name '*.eml')" ] || fail "umask $mask: there is no draft"
    git -C project rev-parse -q --verify file-oil-it >/dev/null || fail "umask $mask: there is no branch"
    git -C project branch -q -D file-oil-it
    found=$(find cache state -perm /077)
    [ -z "$found" ] || fail "umask $mask: others can use $(echo $found)"
    # What the command was given had no name any more.
    [ -f while ] && [ ! -s while ] || fail "umask $mask: among the temporary files: $(cat while)"
    rm -f while
    found=$(find temporary -mindepth 1)
    [ -z "$found" ] || fail "umask $mask: left behind: $found"
done

# The history is not written through a link, but put in its place.
echo mine >victim
rm -f state/pore/history
ln -s "$work/victim" state/pore/history
timeout 60 python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
    "$pore" -F rc --script script --all list.git >out 2>&1 </dev/null || fail "a link for a history"
[ "$(cat victim)" = mine ] || fail "the history was written through a link"
[ -f state/pore/history ] && [ ! -L state/pore/history ] || fail "there is no history"
exit $failed
