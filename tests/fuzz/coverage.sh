#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which lines of what it targets each fuzz target runs, with its corpus and what was kept besides:
#
#     mkdir cov && cd cov
#     ../configure CC=clang CFLAGS='-g -O1 -fprofile-instr-generate -fcoverage-mapping'
#     ../tests/fuzz/coverage.sh . [KEPT [TARGET ...]]
#
# KEPT is the folder of run.sh. What a target targets it says in the comment it begins with. Prints
# lines, lines not run and the percentage for each file, and for each target.
set -eu

if [ $# -lt 1 ]; then
    echo "usage: ${0##*/} BUILD [KEPT [TARGET ...]]" >&2
    exit 2
fi
tests=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
kept=${2:-}
shift
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
    for source in "$tests"/fuzz/fuzz_*.c; do
        target=${source##*/fuzz_}
        set -- "$@" "${target%.c}"
    done
fi
LC_ALL=C.UTF-8
TMPDIR=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$TMPDIR"' EXIT
export LC_ALL TMPDIR

# The words between "Targets:" and the end of the comment.
targeted() {
    sed -n '/Targets:/,/\*\//p' "$tests/fuzz/fuzz_$1.c" | tr ' ' '\n' | grep '\.c$' | tr '\n' ' '
}

for target; do
    program=$build/tests/fuzz/fuzz_$target
    make -s -C "$build" "tests/fuzz/fuzz_$target"
    inputs=$tests/corpus/$target
    [ -z "$kept" ] || inputs="$inputs $kept/$target"
    LLVM_PROFILE_FILE=$TMPDIR/$target.raw "$program" $inputs >/dev/null
    llvm-profdata merge -o "$TMPDIR/$target.data" "$TMPDIR/$target.raw"
    llvm-cov report "$program" -instr-profile="$TMPDIR/$target.data" |
        awk -v target="$target" -v files="$(targeted "$target")" '
            function show(name, lines, missed) {
                printf "%-9s %-32s %6d %6d %7.2f%%\n", target, name, lines, missed,
                       (lines > 0 ? 100 * (lines - missed) / lines : 0)
            }
            BEGIN { count = split(files, names) }
            { for (i = 1; i <= count; i++)
                  if (length($1) >= length(names[i]) &&
                      substr($1, length($1) - length(names[i]) + 1) == names[i]) {
                      show(names[i], $8, $9)
                      lines += $8
                      missed += $9
                  }
            }
            END { show("all", lines, missed) }'
done
