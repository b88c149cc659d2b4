#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The reference digests, byte for byte, where the project's shared folder is
# there (beside the source tree).
set -u

pore=${PORE:-./pore}
shared=${srcdir:-.}/../shared
[ -x "$shared/tools/seed2archive" ] || { echo "no $shared"; exit 77; }
python3 -c '' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
export XDG_CACHE_HOME XDG_STATE_HOME XDG_CONFIG_HOME
failed=0

for seed in "$shared"/seeds/[0-9][0-9][0-9].txt; do
    name=$(basename "$seed" .txt)
    expected=$seed
    [ ! -f "${seed%.txt}.expected.txt" ] || expected=${seed%.txt}.expected.txt
    # seed2archive prints the range and the list's name.
    answer=$(python3 "$shared/tools/seed2archive" "$seed" "$work/$name.git") || exit 99
    range=${answer%% *}
    list=${answer#* }
    if "$pore" digest --classic --name "$list" "$work/$name.git" "$range" >"$work/$name.txt" &&
        cmp "$expected" "$work/$name.txt"; then
        echo "ok: $name"
    else
        echo "FAIL: $name"
        diff -u --text "$expected" "$work/$name.txt" | head -n 40
        failed=1
    fi
done
exit $failed
