#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A thousand hostile mails on a terminal: hostile.py says what may come to it.
set -u
. "$(dirname "$0")/support.sh"
python3 -c 'import curses, pty' 2>/dev/null || { echo "no python3"; exit 77; }
command -v git >/dev/null || { echo "no git"; exit 77; }
for term in xterm-256color vt100 linux; do
    tput -T $term cup 1 1 >/dev/null 2>&1 || { echo "no terminfo of $term"; exit 77; }
done

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
unset NO_COLOR COLORTERM LINES COLUMNS VISUAL EDITOR
TZ=UTC HOME=$work
export TZ HOME
mkdir "$work/inside"
settle_in "$work/inside"
PYTHONDONTWRITEBYTECODE=1 python3 "$top/tests/hostile.py" "$pore" || failed=1

# No word of a mail has been a command, or the name of a file.
found=$(find "$work" -name 'escaped*')
[ -z "$found" ] || fail "a mail was run, or named a file: $found"
exit $failed
