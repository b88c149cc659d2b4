#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On slices of real lists, where they lie beside the tree: every report reads the whole history
# without a complaint, and the order of reading does not matter.
set -u
archives=$srcdir/../shared/archives
ls "$archives"/*.bundle >/dev/null 2>&1 || exit 77
command -v git >/dev/null || exit 77
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

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
    "$BUILD/tests/test_shuffle_archive" "$work/$name.git" || failed=1
done
exit $failed
