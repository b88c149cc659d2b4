#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the help prints stands in the manual.
set -u

pore=${PORE:-./pore}
page=${srcdir:-.}/man/pore.1
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# The page's text without mdoc's macros: "--all" is written ".Fl -all".
sed -E -e 's/(^\.| )Fl -/\1--/g' -e 's/(^\.| )Fl ([a-zA-Z])/\1-\2/g' -e 's/\\-/-/g' "$page" >"$work/page"

options() {
    grep -oE '(^|[][ |,=])--?[a-z][a-z-]*' "$1" | grep -oE -e '--?[a-z][a-z-]*' | sort -u
}

"$pore" --help >"$work/help" || fail "pore --help"
[ -s "$work/help" ] || fail "pore --help prints nothing"
"$pore" --version | grep -qE '^pore [0-9]+\.[0-9]+' || fail "pore --version"

commands=$(grep -oE '^ *(usage: )? *pore [a-z]+ ' "$work/help" | awk '{ print $NF }' | sort -u)
for command in digest list mails stats show import; do
    echo "$commands" | grep -qx "$command" || fail "pore --help does not name $command"
done
for command in $commands; do
    grep -qE "^\.(It|Nm|Ss|Cm|Ic).* $command|^\.Ic $command" "$page" || fail "the manual has no command $command"
    "$pore" "$command" --help >"$work/help.$command" || fail "pore $command --help"
    [ -s "$work/help.$command" ] || fail "pore $command --help prints nothing"
done

for option in $(for help in "$work"/help*; do options "$help"; done | sort -u); do
    grep -qE -e "(^|[^-a-z])$option([^-a-z]|\$)" "$work/page" || fail "the manual has no option $option"
done

if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$page" || fail "mandoc has something to say of $page"
fi

exit $failed
