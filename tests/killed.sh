#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL at random moments: no mark is lost, no index is wrong. KILLS=1000 for more of them.
set -eu
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
exec python3 "${srcdir:-.}/tests/killed.py" "${PORE:-./pore}" "${KILLS:-30}"
