#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each system call and each allocation fails once: what went wrong is said, and nothing is lost. FAULTS=some for a
# minute of them, FAULTS=40 for so many in each scenario, FAULTS=all for all of them, which takes a day. Which ones
# there are depends on the machine's libraries: without FAULTS there is no test.
set -u
[ -n "${FAULTS:-}" ] || { echo "FAULTS=some, 40 or all has calls and allocations fail"; exit 77; }
command -v git >/dev/null && command -v python3 >/dev/null || { echo "no git or python3"; exit 77; }
pore=${PORE:-./pore} library=${BUILD:-.}/tests/failing.so
[ -e "$library" ] || { echo "no $library"; exit 77; }
# These have an allocator of their own, and want to be loaded first.
! grep -q -a -e __asan_init -e __tsan_init "$pore" || { echo "not with a sanitizer"; exit 77; }
exec python3 "${srcdir:-.}/tests/failing.py" "$pore" "$library" "$FAULTS"
