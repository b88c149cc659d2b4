#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On slices of real lists, where they lie beside the tree: every report reads the whole history
# without a complaint, the order of reading does not matter, and states with history are those of the whole.
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
    "$PORE" mails --all "$work/$name.git" >"$work/mails.all"
    "$PORE" list --all --all-states "$work/$name.git" | sort >"$work/list.all"
    mails=$(git -C "$work/$name.git" rev-list --count HEAD)
    for range in "HEAD~$((mails / 20)).." "HEAD~$((mails / 2))..HEAD~$((mails / 3))" \
        "..HEAD~$((mails * 9 / 10))"; do
        states "$work/$name.git" "$range" || { echo "FAIL: $name: states of $range"; failed=1; }
    done
    "$BUILD/tests/test_shuffle_archive" "$work/$name.git" || failed=1
done
exit $failed
