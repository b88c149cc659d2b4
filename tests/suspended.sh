#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ^Z while the screen is drawn.
set -eu
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
exec python3 "${srcdir:-.}/tests/suspended.py" "${PORE:-./pore}"
