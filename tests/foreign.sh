#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# FOREIGN="qemu-s390x /there/pore": a pore for another processor, which says the same of an archive, and
# with which marks and index are shared as they lie there.
set -u
. "$(dirname "$0")/support.sh"

[ -n "${FOREIGN-}" ] || {
    echo "skip: no pore for another processor in FOREIGN"
    exit 77
}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"
printf '#!/bin/sh\nexec %s "$@"\n' "$FOREIGN" >foreign
chmod +x foreign
here=$pore there=$work/foreign

"$here" import demo.git "$top"/tests/demo/*.mbox >out || fail "import"
"$there" import other.git "$top"/tests/demo/*.mbox >out || fail "import there"
[ "$(git -C demo.git rev-parse HEAD^{tree})" = "$(git -C other.git rev-parse HEAD^{tree})" ] ||
    fail "the archives are not the same"
lamp=20261119184200.75-1-oskar.lind@example.net
queue=20261119141109.12-1-yusuf.adeyemi@example.com
pulse=20261105-pulse-timeout-v2-0-5e90c2d7a113@example.com

# reports PORE FILE: what it says of everything, and that nothing has to be said of the files.
reports() {
    for report in "list --all-states --all" "list --history" "mails --all" "stats --all" "digest --all" \
        "show --series" "show --raw"; do
        case $report in
        show*) "$1" $report demo.git $pulse ;;
        *) "$1" $report demo.git ;;
        esac || echo "exit $?"
    done >"$2" 2>err
    "$1" marks export >>"$2" 2>>err || fail "marks export"
    [ ! -s err ] || { fail "$1 complains"; cat err; }
}

# share WRITER READER: each with an empty cache and no marks.
share() {
    rm -rf cache state
    "$1" mark demo.git reviewed $pulse && "$1" mark demo.git later $queue &&
        "$1" mark demo.git flagged $lamp && "$1" list --history demo.git >out || fail "$1: marks, history"
    cp cache/pore/*.index written
    reports "$2" read
    cmp cache/pore/*.index written || fail "$2 has made the index anew"
    reports "$1" wanted
    same "what $2 reads" wanted read
    grep -q reviewed wanted && grep -q later wanted || fail "there are no marks"

    "$2" mark demo.git ignored $queue && "$2" mark demo.git unreviewed $pulse || fail "$2: marks"
    reports "$1" wanted
    reports "$2" read
    same "what $2 has written" wanted read
    "$1" list --all --all-states demo.git | grep -q "ignored.*$queue" || fail "$1 sees no mark of $2"
}

share "$here" "$there"
share "$there" "$here"
exit $failed
