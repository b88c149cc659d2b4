#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On slices of real lists, where they lie beside the tree: every report reads the whole history
# without a complaint, the order of reading does not matter, and states with history are those of the whole,
# also where the index knows more of the archive, less, or another history.
set -u
archives=$srcdir/../shared/archives
ls "$archives"/*.bundle >/dev/null 2>&1 || exit 77
command -v git >/dev/null || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
export XDG_CACHE_HOME XDG_STATE_HOME XDG_CONFIG_HOME
failed=0

# states ARCHIVE RANGE: each posting of the range is said of what is said of it in the whole, which are the
# files mails.all and list.all; and none is missing.
states() {
    "$PORE" list --history --all-states "$1" "$2" | sort >"$work/history" || return 1
    "$PORE" mails "$1" "$2" >"$work/mails" || return 1
    # Postings whose lead is in the range. An id that several mails bear says nothing of the place.
    awk -F '\t' 'FILENAME ~ /mails.all$/ { seen[$5]++; commit[$5] = $1; next }
        FILENAME ~ /mails$/ { inside[$1] = 1; next }
        seen[$5] == 1 && commit[$5] in inside' "$work/mails.all" "$work/mails" "$work/list.all" |
        sort >"$work/led"
    [ -s "$work/led" ] || return 1
    comm -23 "$work/history" "$work/list.all" >"$work/other"
    comm -13 "$work/history" "$work/led" >>"$work/other"
    [ ! -s "$work/other" ] || { head -n 5 "$work/other"; return 1; }
}

read_all() {
    "$PORE" mails --all "$1" >"$work/mails.all"
    "$PORE" list --all --all-states "$1" | sort >"$work/list.all"
}

# rewrite ARCHIVE: takes the mail before the newest three out, as a purge does.
rewrite() {
    new=$(git -C "$1" rev-parse HEAD~4)
    for old in HEAD~2 HEAD~1 HEAD; do
        new=$(echo "$old" | GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a \
            GIT_COMMITTER_EMAIL=a@example.org git -C "$1" commit-tree "$old^{tree}" -p "$new") || exit 99
    done
    git -C "$1" update-ref HEAD "$new"
}

LC_ALL=C
export LC_ALL
for bundle in "$archives"/*.bundle; do
    name=$(basename "$bundle" .bundle)
    git clone -q --bare "$bundle" "$work/$name.git" || exit 99
    for report in mails "list --all-states" stats digest; do
        "$PORE" $report --all "$work/$name.git" >"$work/out" 2>"$work/err" &&
            [ -s "$work/out" ] && [ ! -s "$work/err" ] || {
            echo "FAIL: $name: $report"
            head -n 3 "$work/err"
            failed=1
        }
    done
    read_all "$work/$name.git"
    mails=$(git -C "$work/$name.git" rev-list --count HEAD)
    for range in "HEAD~$((mails / 20)).." "HEAD~$((mails / 2))..HEAD~$((mails / 3))" \
        "..HEAD~$((mails * 9 / 10))"; do
        states "$work/$name.git" "$range" || { echo "FAIL: $name: states of $range"; failed=1; }
    done
    # With a date --all is not all: it is a range like others.
    since=$(git -C "$work/$name.git" show -s --format=%cI HEAD~300)
    "$PORE" list --history --since "$since" "$work/$name.git" >"$work/since"
    "$PORE" list --history --all --since "$since" "$work/$name.git" | cmp -s - "$work/since" ||
        { echo "FAIL: $name: --all --since"; failed=1; }
    # An older state of the archive, whose index knows more, and how it grows; then a rewritten one.
    newest=$(git -C "$work/$name.git" rev-parse HEAD)
    for behind in $((mails / 2)) $((mails / 9)) 0; do
        git -C "$work/$name.git" update-ref HEAD "$newest~$behind"
        [ $behind -ne 0 ] || rewrite "$work/$name.git"
        read_all "$work/$name.git"
        for range in "HEAD~200.." "HEAD~$((mails / 3))..HEAD~$((mails / 4))"; do
            states "$work/$name.git" "$range" ||
                { echo "FAIL: $name, $behind mails before its end: states of $range"; failed=1; }
        done
    done
    "$BUILD/tests/test_shuffle_archive" "$work/$name.git" || failed=1
done
exit $failed
