#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What commands do with where they write: no mail's control characters to a terminal, its bytes to all else; a
# disk that is full is said; a reader that goes away is no fault. And what holds nothing for them.
set -u
. "$(dirname "$0")/support.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
python3 -c 'import pty' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"

# on_terminal ARGUMENT...: what pore writes to a terminal, to the file shown.
on_terminal() {
    python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$pore" "$@" >shown </dev/null ||
        fail "pore $* on a terminal: exit $?"
}

# clean WHAT: shown has no control characters but ends of lines.
clean() {
    [ "$(LC_ALL=C tr -d '\t\r\n -\377' <shown | wc -c)" -eq 0 ] || { fail "$1: control characters"; cat -v shown; }
}

{
    printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'
    printf 'From: Eve Example <eve@example.org>\nSubject: [PATCH] paint\033[31m it\nMessage-ID: <1@example.org>\n'
    printf 'Date: Sat, 21 Nov 2026 06:00:00 +0000\n\n'
    printf 'A title:\033]0;mine\007 and \302\2331m, \377.\n---\n'
    printf 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+\033[2J\n\n'
    printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'
    printf 'From: Eve Example <eve@example.org>\nSubject: hello\nMessage-ID: <2@example.org>\n'
    printf 'Date: Sat, 21 Nov 2026 07:00:00 +0000\n\nNothing to apply.\n'
} >box
run 0 import list.git box

# ---- terminals

escape=$(printf '\033')
for command in "show --raw list.git 1@example.org" "show list.git 1@example.org" "am list.git 1@example.org" \
    "list --all list.git" "digest --all list.git" "mails --all list.git"; do
    # shellcheck disable=SC2086 # the words of it
    on_terminal $command
    [ -s shown ] || fail "pore $command: nothing on a terminal"
    clean "pore $command"
done
on_terminal show --raw list.git 1@example.org
grep -q 'A title:' shown || fail "the mail is not shown"
run 0 show --raw list.git 1@example.org
grep -qF "$escape]0;mine" out || fail "the bytes of the mail are not its bytes"
run 0 am list.git 1@example.org
grep -qF "+$escape[2J" out || fail "the patch is not the patch"

# The line of progress goes away again.
git clone -q --bare list.git copy.git
on_terminal sync copy.git
grep -qF "copy: waiting for the server" shown || { fail "no progress"; cat -v shown; }
grep -qF "copy.git: up to date" shown || { fail "sync says nothing"; cat -v shown; }
clean "pore sync"

# ---- disks that are full

if [ -e /dev/full ]; then
    for command in "show list.git 1@example.org" "list --all list.git" "digest --all list.git" \
        "marks export"; do
        # shellcheck disable=SC2086 # the words of it
        timeout 120 "$pore" $command >/dev/full 2>err
        status=$?
        case $command in
        marks*) [ $status -eq 0 ] || fail "pore $command: exit $status where there is nothing to write" ;;
        *)
            [ $status -eq 2 ] || fail "pore $command: exit $status on a full disk"
            grep -q "^pore: cannot write to standard output: " err || { fail "pore $command: not said"; cat err; }
            ;;
        esac
    done
fi

# ---- nothing there

run 1 show list.git 3@example.org
grep -q 'no mail with the Message-ID 3@example.org' err || { fail "a mail that is not there"; cat err; }
run 1 am list.git 2@example.org
grep -q '^pore: ' err || fail "am of no patch says nothing"
run 1 show --series list.git 2@example.org
grep -q 'is of no series' err || { fail "a mail of no series"; cat err; }
run 1 mark list.git later 2@example.org
grep -q 'is of no series' err || { fail "mark: a mail of no series"; cat err; }

# A file of marks without end.
# The sanitizers reserve more than that at once.
if ! grep -q -a -e __asan_init -e __tsan_init "$pore"; then
    (ulimit -v 4000000; timeout 120 "$pore" marks import /dev/zero >out 2>err)
    status=$?
    [ $status -eq 2 ] && grep -q '/dev/zero' err || { fail "marks without end: exit $status"; cat err; }
fi

exit $failed
