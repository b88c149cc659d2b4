#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the fuzz targets of a build that was configured with --enable-fuzzing:
#
#     tests/fuzz/run.sh BUILD MINUTES [TARGET ...]
#
# Each has MINUTES. They run side by side, or with JOBS=N in the environment N at a time. New inputs
# are kept in the folder KEPT (else BUILD/kept), one folder for each target, and used the next time;
# so are the logs, and what was found: TARGET-crash-…, -timeout-…, -oom-…, -leak-…, -slow-unit-….
# Prints a line for each target and fails if anything was found.
set -eu

tests=$(cd "$(dirname "$0")/.." && pwd)

# What one input may have, in bytes.
largest() {
    case $1 in
        pack|digest) echo 16384 ;;
        pattern|keys) echo 1024 ;;
        *) echo 8192 ;;
    esac
}

run_one() {
    dictionary=
    if [ -f "$tests/fuzz/$1.dict" ]; then
        dictionary=-dict=$tests/fuzz/$1.dict
    fi
    mkdir -p "$KEPT/$1"
    TMPDIR=$TEMPORARY "$BUILD/tests/fuzz/fuzz_$1" -max_total_time=$((MINUTES * 60)) \
        -max_len="$(largest "$1")" -timeout=60 -report_slow_units=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$KEPT/$1-" $dictionary \
        "$KEPT/$1" "$tests/corpus/$1" >"$KEPT/$1.log" 2>&1 || :
}

if [ "${1:-}" = --one ]; then
    run_one "$2"
    exit
fi

if [ $# -lt 2 ]; then
    echo "usage: ${0##*/} BUILD MINUTES [TARGET ...]" >&2
    exit 2
fi
BUILD=$(cd "$1" && pwd)
MINUTES=$2
shift 2
if [ $# -eq 0 ]; then
    for source in "$tests"/fuzz/fuzz_*.c; do
        target=${source##*/fuzz_}
        set -- "$@" "${target%.c}"
    done
fi
mkdir -p "${KEPT:=$BUILD/kept}"
KEPT=$(cd "$KEPT" && pwd)
LSAN_OPTIONS=suppressions=$tests/suppressions/leak:print_suppressions=0
LC_ALL=C.UTF-8
G_SLICE=always-malloc
# In memory, where that can be: some targets write many small files.
TEMPORARY=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$TEMPORARY"' EXIT
export BUILD MINUTES KEPT TEMPORARY LSAN_OPTIONS LC_ALL G_SLICE

printf '%s\n' "$@" | xargs -P "${JOBS:-0}" -n 1 "$0" --one

# What was slow beside all others is a finding if it is alone, too.
for unit in "$KEPT"/*-slow-unit-*; do
    target=${unit##*/}
    if [ -f "$unit" ] && timeout 5 "$BUILD/tests/fuzz/fuzz_${target%%-*}" "$unit" >/dev/null 2>&1; then
        rm "$unit"
    fi
done

statistic() {
    sed -n "s/^stat::$2: *//p" "$KEPT/$1.log" | tail -n 1
}

found=0
printf '%-10s %12s %9s %7s %9s\n' target runs 'a second' new findings
for target; do
    count=$(find "$KEPT" -maxdepth 1 -name "$target-*" | wc -l)
    found=$((found + count))
    printf '%-10s %12s %9s %7s %9s\n' "$target" "$(statistic "$target" number_of_executed_units)" \
        "$(statistic "$target" average_exec_per_sec)" "$(statistic "$target" new_units_added)" "$count"
done
[ "$found" -eq 0 ]
