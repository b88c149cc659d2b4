#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rooms of the house: who may include whom, and that no curses is in the
# backend.
set -u

top=${srcdir:-.}
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# forbid PATHS HEADERS WHAT: no file of PATHS includes one of HEADERS (a pattern); WHAT says so.
forbid() {
    found=$(cd "$top" && grep -rnE --include='*.[ch]' --include='*.def' \
        "^[[:blank:]]*#[[:blank:]]*include[[:blank:]]+[<\"]($2)" $1)
    [ -z "$found" ] || fail "$3:
$found"
}

# one HEADER FILE: of all files, FILE alone includes HEADER (a pattern).
one() {
    found=$(cd "$top" && grep -rlE --include='*.[ch]' \
        "^[[:blank:]]*#[[:blank:]]*include[[:blank:]]+[<\"]$1[>\"]" src ui)
    [ "$found" = "$2" ] || fail "$1 is $2's alone, and is included by: $found"
}

# private HEADERS OWNERS: of all files only OWNERS (a pattern of paths) include HEADERS (a pattern).
private() {
    found=$(cd "$top" && grep -rlE --include='*.[ch]' \
        "^[[:blank:]]*#[[:blank:]]*include[[:blank:]]+[<\"]($1)[>\"]" src ui |
        grep -vE "^($2)\$")
    [ -z "$found" ] || fail "$1 is private to $2, and is included by: $found"
}

above='scan\.h|history\.h|reading\.h|marking\.h|digest\.h|pattern\.h|expression\.h'
forbid src/mail "(archive|series|store)/|$above" \
    "mail includes what is built upon it"
forbid src/archive "(series|store)/|$above" \
    "archive includes what is built upon it"
forbid src/series "(store|compare|project)/|$above" "series includes what is built upon it"
forbid src/store "$above" "store includes what is built upon it"
forbid "src/scan.h src/scan.c src/reading.h src/reading.c" '(history|marking|digest|pattern)\.h' \
    "scan includes what is built upon it"
forbid "src/history*.h src/history*.c" '(marking|digest|pattern)\.h|store/marks' \
    "the history includes what is none of its business"

# What ui/ has, by name, for its headers are included without a folder.
for header in "$top"/ui/*.h; do
    name=$(basename "$header" .h)
    [ -e "$header" ] || fail "no headers in ui/"
    forbid src "(ui/)?$name\\.h" "the backend includes the user interface"
done
forbid src '(ncursesw?/)?(n?curses|term|panel)\.h' "the backend includes curses"

forbid src/compare "(archive|series|store|project)/|$above" "compare includes more than mails"
forbid src/project "(archive|series|store|compare)/|$above" \
    "the project's repository includes more than mails"
private 'archive/repository\.h' 'src/archive/.*'
private 'archive/fetch\.h' 'src/archive/(fetch|sync)\.[ch]'
private 'archive/connection\.h' 'src/archive/(connection|fetch)\.[ch]'
private 'series/(piece|same_title|rules|set)\.h' 'src/series/.*'
private 'store/(database|mail_index_file|marks_file|marks_table)\.h' 'src/store/.*'
private 'mail/(mailinfo|patch_file)\.h' 'src/mail/(mailinfo|patch.*)\.[ch]'
private 'compare/(pairing|difference|assignment)\.h' 'src/compare/.*'
private 'project/project_parts\.h' 'src/project/project.*\.[ch]'
private 'project/applying_parts\.h' 'src/project/applying.*\.[ch]'
private 'project/git_command\.h' 'src/project/(applying|git_command).*\.[ch]'
private 'history_(job|place|answers)\.h' 'src/history.*\.[ch]'
private 'pattern_tree\.h' 'src/pattern.*\.c'
private 'facts_parts\.h' 'ui/facts.*\.c'
private 'visit_parts\.h' 'ui/visit.*\.c'

private 'git2(/.*)?\.h' 'src/archive/repository\.h|src/compare/difference\.c|src/project/project_parts\.h'
one 'libdeflate\.h' src/archive/packs.c
one 'pcre2\.h' src/expression.c
one 'sqlite3\.h' src/store/database.h
one '(ncursesw?/)?n?curses\.h' ui/screen.c

if [ -f libpore.a ] && command -v nm >/dev/null; then
    symbols=$(nm -u libpore.a 2>/dev/null | grep -wE \
        'initscr|newterm|endwin|stdscr|curscr|LINES|COLS|cur_term|setupterm|tigetstr|w?(refresh|getch|get_wch|move|addn?w?str|addch|add_wch|erase|clear)')
    [ -z "$symbols" ] || fail "libpore.a wants curses: $symbols"
    nm libpore.a 2>/dev/null | grep -q ' T archive_open$' || fail "libpore.a has no archive_open"
fi

exit $failed
