#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every limit of the tree stands in HACKING.md under "What pore trusts", which says what is seen where
# it is met, and names no other; and each has a comment above it that says why. Nothing is run.
set -u

top=${srcdir:-.}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
status=0

# Those that bound something are called so.
form='[A-Z][A-Z0-9_]*_(MAX|MOST|LIMIT)'

# Prints the names of the limits; for those without a comment, file and name to the file BARE.
cat >"$work/limits.awk" <<'END'
FNR == 1 || /^$/ { reason = 0 }
/\*\/$/ { reason = 1 }
/^ *# *define [A-Z][A-Z0-9_]*_(MAX|MOST|LIMIT)( |$)/ {
    print $2
    if (!reason && $0 !~ /\/\*/)
        print FILENAME ": " $2 >bare
}
END
find "$top/src" "$top/ui" -name '*.[ch]' -exec awk -v bare="$work/bare" -f "$work/limits.awk" {} + |
    sort -u >"$work/tree"
sed -n '/^## What pore trusts/,/^## [^W]/p' "$top/HACKING.md" | grep -oE "\`$form\`" | tr -d '`' |
    sort -u >"$work/told"

[ "$(wc -l <"$work/tree")" -gt 50 ] || { echo "FAIL: hardly a limit was found"; status=1; }
if ! diff "$work/tree" "$work/told" >"$work/differences"; then
    echo "FAIL: limits of the tree (<) and of HACKING.md (>):"
    cat "$work/differences"
    status=1
fi
if [ -s "$work/bare" ]; then
    echo "FAIL: limits without a word of why:"
    cat "$work/bare"
    status=1
fi
echo "limits: $(wc -l <"$work/tree")"
exit $status
