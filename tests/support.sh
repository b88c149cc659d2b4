# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts have in common; they read it with . "$(dirname "$0")/support.sh", and begin in the
# folder that they were called in.
LC_ALL=C.UTF-8
export LC_ALL

pore=${PORE:-./pore}
case $pore in /*) ;; *) pore=$PWD/$pore ;; esac
top=$(cd "${srcdir:-.}" && pwd)
tab=$(printf '\t')
failed=0

fail() {
    echo "FAIL: $*"
    failed=1
}

# settle_in FOLDER: works there, and with nobody's caches, marks, settings and git configuration.
settle_in() {
    cd "$1" || exit 99
    XDG_CACHE_HOME=$1/cache XDG_STATE_HOME=$1/state XDG_CONFIG_HOME=$1/config
    GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
    GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
    GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
    export XDG_CACHE_HOME XDG_STATE_HOME XDG_CONFIG_HOME GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM \
        GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# run STATUS ARGUMENT...: runs pore into out and err; a hang is a failure.
run() {
    wanted=$1
    shift
    timeout 120 "$pore" "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$wanted" ] || {
        fail "pore $*: exit $status, not $wanted"
        head -n 5 err
    }
    [ "$(LC_ALL=C tr -d '\t\n -\377' <err | wc -c)" -eq 0 ] ||
        fail "pore $*: control characters on standard error"
}

# same WHAT WANTED GOT: two files.
same() {
    cmp -s "$2" "$3" || { fail "$1"; diff -u "$2" "$3" | head -n 40; }
}
