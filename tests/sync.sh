#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pore sync against git's own server on loopback: the first time, what is new,
# nothing new, a new epoch, a history rewritten; and what goes wrong, after which the
# archive is as it was and the next sync brings all.
set -u
. "$(dirname "$0")/support.sh"

server=$top/tests/git_server.py
command -v git >/dev/null || { echo "no git"; exit 77; }
[ -x "$(git --exec-path)/git-daemon" ] || { echo "no git daemon"; exit 77; }
python3 -c '' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'kill $pid 2>/dev/null; rm -rf "$work"' EXIT
settle_in "$work"

# refused TEXT ARGUMENT...: exit 2 and one line that holds TEXT.
refused() {
    text=$1
    shift
    run 2 "$@"
    [ "$(grep -c '^pore: ' err)" -eq 1 ] || { fail "pore $*: not one line"; cat err; }
    grep -qF -- "$text" err || { fail "pore $*: does not say $text"; cat err; }
}

# mails ARCHIVE NUMBER: it holds so many.
mails() {
    "$pore" mails --all "$1" >rows 2>err || { fail "pore mails $1"; cat err; }
    [ "$(wc -l <rows)" -eq "$2" ] || fail "$1: $(wc -l <rows) mails, not $2"
}

# add REPOSITORY FIRST LAST [BYTES]: adds mails, of so many bytes that do not shrink.
add() {
    [ -d "$1" ] || git init -q --bare -b master "$1" || exit 99
    python3 - "$2" "$3" "${4:-0}" "$(git -C "$1" rev-parse -q --verify master)" <<'END' |
import base64, random, sys
first, last, size = map(int, sys.argv[1:4])
parent = sys.argv[4]
out = sys.stdout
for number in range(first, last + 1):
    noise = base64.encodebytes(random.Random(number).randbytes(size)).decode()
    mail = (f"From: Ann Example <ann@example.org>\nSubject: mail {number}\n"
            f"Message-ID: <{number}@example.org>\n\n{noise}")
    out.write(f"commit refs/heads/master\ncommitter A <a@example.org> {1772323200 + number} +0000\n"
              "data 0\n")
    if parent:
        out.write(f"from {parent}\n")
        parent = ""
    out.write(f"M 100644 inline m\ndata {len(mail)}\n{mail}\n")
END
        git -C "$1" fast-import --quiet --force || exit 99
}

# same ARCHIVE UPSTREAM: they have the same head, and the first is sound.
same() {
    [ "$(git -C "$1" rev-parse master)" = "$(git -C "$2" rev-parse master)" ] ||
        fail "$1 is not at the head of $2"
    sound "$1"
}

sound() {
    git -C "$1" fsck --strict >fsck 2>&1 || { fail "$1 is not sound"; cat fsck; }
    [ -z "$(find "$1" -name 'pack_git2_*' -o -name '*.lock')" ] || fail "$1: something is left"
}

mkdir served
mkfifo port served/stalled
python3 "$server" "$work/served" >port &
pid=$!
read -r port <port
url=git://127.0.0.1:$port

# --- one repository -----------------------------------------------------------

add served/one.git 1 5
run 0 sync one "$url/one.git"
same one served/one.git
mails one 5
run 0 sync one
mails one 5
add served/one.git 6 8
run 0 sync one
same one served/one.git
mails one 8

# What was made is a mirror for git, too.
add served/one.git 9 9
git -C one fetch -q || fail "git fetch in a mirror that pore made"
same one served/one.git

# A history that was rewritten.
git -C served/one.git update-ref refs/heads/master master~4
add served/one.git 20 21
run 0 sync one
same one served/one.git
mails one 7

# Clones made by git.
for how in --mirror --bare --no-checkout; do
    git clone -q $how "$url/one.git" clone$how 2>err || fail "git clone $how"
done
add served/one.git 22 24
for how in --mirror --bare --no-checkout; do
    run 0 sync clone$how
    same clone$how served/one.git
    mails clone$how 10
done

# --- an inbox -----------------------------------------------------------------

add served/list/0.git 1 3
add served/list/1.git 4 5
run 0 sync list "$url/list"
mails list 5
add served/list/1.git 6 6
add served/list/2.git 7 9
run 0 sync list
same list/git/1.git served/list/1.git
same list/git/2.git served/list/2.git
mails list 9
run 0 sync list
mails list 9

# --- what goes wrong ----------------------------------------------------------

head=$(git -C one rev-parse master)
add served/one.git 100 160 3000
for manner in cut reset; do
    for bytes in 0 3 60 200 300 1000 20000 100000 180000; do
        echo "$manner $bytes" >served/limit
        refused "$url/one.git" sync one
        [ "$(git -C one rev-parse master)" = "$head" ] || fail "$manner $bytes: the head moved"
        sound one
        mails one 7
        refused "$url/one.git" sync new "$url/one.git"
        [ -z "$(find . -maxdepth 1 -name 'new*')" ] || fail "$manner $bytes: something is left"
    done
done

# interrupted SIGNAL STATUS: a server that stalls in the middle, and a user who does not wait.
interrupted() {
    echo "stall 100000" >served/limit
    "$pore" sync one >out 2>err </dev/null &
    syncing=$!
    timeout 120 cat served/stalled || { fail "sync ended by itself"; cat err; }
    kill -s "$1" $syncing
    wait $syncing 2>/dev/null
    status=$?
    [ $status -eq "$2" ] || fail "after SIG$1: exit $status, not $2"
    [ "$(git -C one rev-parse master)" = "$head" ] || fail "SIG$1: the head moved"
    mails one 7
}
interrupted INT 2
sound one
interrupted KILL 137

# A full disk, as far as a limit on files is one.
rm served/limit
(
    trap '' XFSZ
    ulimit -f 64
    refused one sync one
    exit $failed
) || failed=1
[ "$(git -C one rev-parse master)" = "$head" ] || fail "full disk: the head moved"
mails one 7

# Then all is well again.
run 0 sync one
[ "$(git -C one rev-parse master)" = "$(git -C served/one.git rev-parse master)" ] ||
    fail "one is not at the head of what is served"
mails one 71

# Of several epochs, the whole ones stay.
add served/cut/0.git 1 2
add served/cut/1.git 100 160 3000
echo "cut 100000" >served/limit
refused "$url/cut/1" sync cut "$url/cut"
mails cut 2
rm served/limit
run 0 sync cut
same cut/git/1.git served/cut/1.git
mails cut 63

refused "not exported" sync new "$url/nothing"
[ ! -e new ] || fail "something is left of nothing"
git init -q --bare -b master served/code.git
git -C served/code.git fast-import --quiet <<'END'
commit refs/heads/master
committer A <a@example.org> 0 +0000
data 0
M 100644 inline README
data 0

END
refused "not a mail archive" sync new "$url/code.git"
[ ! -e new ] || fail "something is left of what is no archive"

kill $pid
wait $pid 2>/dev/null
refused "refused" sync one
mails one 71
exit $failed
