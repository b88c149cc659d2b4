#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What reading an archive with one worker costs beside what git takes to print the same
# mails: pairs of runs, one after the other, and the ratio of their wall times. Then how
# long the browser lets a reader wait (latency.py), which means little on a busy machine. Then
# what it costs to open the archive again (reopening.py), and, of two made-up lists (generate.py),
# what ten times the mails cost.
#
# usage: bench.sh [ARCHIVE]      (or ARCHIVE in the environment; PORE, RUNS; MAILS: of the larger
#                                made-up list, 1000000 if it is not set, 0: none)
set -euo pipefail

pore=${PORE:-./pore}
archive=${1:-${ARCHIVE:-}}
runs=${RUNS:-5}
if [ -z "$archive" ]; then
    cat >&2 <<'END'
bench: which archive? For example:
    git clone --mirror https://lore.kernel.org/LIST/0 list.git
    make bench ARCHIVE=list.git
END
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT=%R
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config

# Epochs are read newest first, as pore does.
repositories=$(ls -d "$archive"/git/*.git "$archive"/[0-9]*.git 2>/dev/null | sort -Vr || true)
[ -n "$repositories" ] || repositories=$archive
number=0
while read -r repository; do
    git -C "$repository" rev-list --first-parent HEAD | sed 's/$/:m/' >"$work/names.$number"
    echo "$repository" >>"$work/repositories"
    number=$((number + 1))
done <<<"$repositories"

with_git() {
    local n=0 repository
    while read -r repository; do
        git -C "$repository" cat-file --batch --buffer <"$work/names.$n" >/dev/null 2>&1
        n=$((n + 1))
    done <"$work/repositories"
}

with_pore() {
    "$pore" mails --all --readers 1 "$archive" >/dev/null 2>"$work/complaints"
}

# Both once before, so that neither pays for a cold cache.
with_git
with_pore
cat "$work/complaints"
printf '%s mails of %s\n' "$(cat "$work"/names.* | wc -l)" "$archive"
printf '%8s %8s %8s\n' git pore ratio
for ((i = 0; i < runs; i++)); do
    git_time=$({ time with_git; } 2>&1)
    pore_time=$({ time with_pore; } 2>&1)
    awk -v g="$git_time" -v p="$pore_time" 'BEGIN { printf "%8.2f %8.2f %8.3f\n", g, p, p / g }' |
        tee -a "$work/results"
done
awk '{ print $3 }' "$work/results" | sort -n |
    awk '{ r[NR] = $1 } END { m = NR % 2 ? r[(NR + 1) / 2] : (r[NR / 2] + r[NR / 2 + 1]) / 2
        printf "ratio: min %.3f, median %.3f, max %.3f\n", r[1], m, r[NR] }'

printf '\nload %s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"
python3 "$(dirname "$0")/latency.py" "$pore" "$archive"

mails=${MAILS:-1000000}
lists=()
if [ "$mails" -gt 0 ]; then
    lists=("$work/small.git" "$work/large.git")
    python3 "$(dirname "$0")/generate.py" $((mails / 10)) "${lists[0]}"
    python3 "$(dirname "$0")/generate.py" "$mails" "${lists[1]}"
fi
python3 "$(dirname "$0")/reopening.py" "$pore" "$archive" "${lists[@]}"
