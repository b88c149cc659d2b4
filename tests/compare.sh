#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pore diff against git range-diff: pairs of versions made by versions.py, as commits of a repository and
# as the mails that git format-patch makes of them. Pairs, marks and texts are the same. They differ
# where titles are paired first, which git does not do: that is checked to be the reason.
set -u
. "$(dirname "$0")/support.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
python3 -c '' 2>/dev/null || { echo "no python3"; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
settle_in "$work"

git init -q repository
python3 "$top/tests/versions.py" | git -C repository fast-import --quiet || exit 99
repository=$work/repository
archive=$work/archive.git
names=$(git -C repository for-each-ref --format='%(refname:short)' 'refs/heads/*-old' | sed 's/-old$//')

mkdir mails
for name in $names; do
    git -C repository format-patch -q --stdout --thread --numbered --binary base.."$name-old" \
        >mails/"$name-old.mbox"
    git -C repository format-patch -q --stdout --thread --numbered --binary -v 2 \
        "$name-base..$name-new" >mails/"$name-new.mbox"
done
"$pore" import "$archive" mails/*.mbox >out || exit 99

# first_id NAME: the Message-ID of a version's first mail.
first_id() {
    sed -n 's/^Message-ID: <\(.*\)>$/\1/Ip;/^$/q' mails/"$1.mbox"
}

# without_ids: what git range-diff prints, but for the ids of commits.
without_ids() {
    sed 's/^\( *[-0-9][0-9]*:\)  [-0-9a-f]* \([=!<>]\) \( *[-0-9][0-9]*:\)  [-0-9a-f]* /\1  \2 \3  /'
}

# git_diff NAME OPTION...
git_diff() {
    name=$1
    shift
    git -C repository range-diff --no-color "$@" base.."$name-old" "$name-base..$name-new" | without_ids
}

# pore_diff NAME OPTION...
pore_diff() {
    name=$1
    shift
    "$pore" diff "$@" "$archive" "$(first_id "$name-old")" "$(first_id "$name-new")"
}

# patch_ids COMMITS: what each changes, oldest first.
patch_ids() {
    git -C repository log --reverse -p "$1" | git patch-id --verbatim | cut -d ' ' -f 1
}

# why NAME: why wanted and got are not the same: a line for each pair that git has not, which begins with
# FAIL if there is no reason. What is said of a pair that both have must be the same.
why() {
    for side in "old base..$1-old" "new $1-base..$1-new"; do
        git -C repository log --reverse --format=%s "${side#* }" >"titles-${side%% *}"
        patch_ids "${side#* }" >"ids-${side%% *}"
    done
    awk '
        FILENAME ~ /^titles/ { title[FILENAME, FNR] = $0; next }
        FILENAME ~ /^ids/ { id[FILENAME, FNR] = $0; next }
        /^ *[-0-9]+:  [=!<>] +[-0-9]+:  / {
            pair = $1 " " $3
            has[FILENAME, pair] = 1
            if (FILENAME == "wanted") git[pair] = 1; else pore[pair] = 1
        }
        { text[FILENAME, pair] = text[FILENAME, pair] $0 "\n" }
        END {
            for (pair in pore) {
                split(pair, number, /: ?/)
                if (pair in git) {
                    if (text["wanted", pair] != text["got", pair])
                        print "FAIL: another text of " pair
                    continue
                }
                if (number[1] == "-" || number[2] == "-") {
                    alone[pair] = 1
                    continue
                }
                if (title["titles-old", number[1]] == title["titles-new", number[2]])
                    print "the same title: " pair
                else if (id["ids-old", number[1]] == id["ids-new", number[2]])
                    print "the same diff: " pair
                else
                    print "FAIL: no reason for " pair
                taken["old", number[1]] = taken["new", number[2]] = 1
            }
            # Who is alone was in a pair whose other half is in one of those.
            for (pair in alone) {
                split(pair, number, /: ?/)
                found = 0
                for (other in git) {
                    split(other, theirs, /: ?/)
                    found += number[1] == theirs[1] && ("new", theirs[2]) in taken
                    found += number[2] == theirs[2] && ("old", theirs[1]) in taken
                }
                if (!found)
                    print "FAIL: no reason that it is alone: " pair
            }
        }' titles-old titles-new ids-old ids-new wanted got
}

# as_git NAME OPTION...: is the difference as git has it? If not, there is a reason for that, or it fails.
as_git() {
    git_diff "$@" >wanted
    pore_diff "$@" >got || fail "pore diff: $*"
    cmp -s wanted got && return 0
    why "$1" >reasons
    if [ ! -s reasons ] || grep -q FAIL reasons; then
        fail "pore diff: $*: $(cat reasons)"
        diff -u wanted got | head -n 40
    fi
    return 1
}

pairs=0 others=0
for name in $names; do
    pairs=$((pairs + 1))
    as_git "$name" || others=$((others + 1))
    # The list alone is the list of the whole.
    grep -v '^    ' got >wanted
    pore_diff "$name" -s >got || fail "pore diff -s: $name"
    same "pore diff -s: $name" wanted got
done
echo "$pairs pairs of versions, $others of them not as git has them, because of titles or equal diffs"
[ $((pairs - others)) -ge 50 ] || fail "only $((pairs - others)) pairs are as git has them"
[ $others -ge 4 ] || fail "only $others pairs in which titles decide"

# Other numbers of unchanged lines.
for name in $(echo "$names" | grep -e calls -e headings); do
    for context in 0 1 1000; do
        as_git "$name" -U$context
    done
done

# What is asked for by name and is not there; one line each.
first=$(echo "$names" | head -n 1)
old=$(first_id "$first-old") new=$(first_id "$first-new")
# refused TEXT ARGUMENT...: exit 1, nothing printed, and one line that holds TEXT.
refused() {
    text=$1
    shift
    run 1 diff "$archive" "$@"
    [ ! -s out ] || fail "pore diff $*: prints something"
    [ "$(grep -c '^pore: ' err)" -eq 1 ] || { fail "pore diff $*: not one line"; cat err; }
    grep -qF -- "$text" err || { fail "pore diff $*: does not say $text"; cat err; }
}
refused "no mail with the Message-ID nobody@example.org" nobody@example.org
refused "no mail with the Message-ID nobody@example.org" "$old" nobody@example.org
refused "no version before that of $old" "<$old>"
run 2 diff "$archive"
run 2 diff "$archive" --context -1 "$old"

# One alone is compared with the version before it; the other way round is the other way round.
"$pore" diff "$archive" "$old" "$new" >wanted
"$pore" diff "$archive" "<$new>" >got || fail "pore diff of one"
same "pore diff of one" wanted got
"$pore" diff -s "$archive" "$new" "$old" >got || fail "pore diff, newer first"
grep -q '!' got || fail "pore diff, newer first: nothing differs"
"$pore" diff "$archive" "$new" "$new" >got || fail "pore diff with itself"
grep -qv ' = ' got && fail "pore diff with itself: something differs"

# Cover letters are a pair of their own; a mail that cannot be read is said, and what is left is compared.
# mail FILE SUBJECT ID PARENT TEXT: appends one.
mail() {
    printf '%s\n' "From mboxrd@z Thu Jan  1 00:00:00 1970" "From: Ines Aalto <ines@example.org>" \
        "Date: Mon, 2 Nov 2026 10:00:00 +0000" "Subject: $2" "Message-ID: <$3@example.org>" \
        "${4:+In-Reply-To: <$4@example.org>}" >mail
    sed '$ { /^$/d }' mail >>"$1"
    printf '\n%b\n' "$5" >>"$1"
}
diff='---\n a.c | 1 +\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n one\n+two\033[7m\n-- \n2.40\n'
mail versions.mbox '[PATCH 0/2] the whole' old-0 '' 'About it.\n'
mail versions.mbox '[PATCH 1/2] the first' old-1 old-0 "Done.\n$diff"
mail versions.mbox '[PATCH 2/2] the second' old-2 old-0 "Done too.\n$diff"
mail versions.mbox '[PATCH v2 0/2] the whole' new-0 '' 'All about it.\n'
mail versions.mbox '[PATCH v2 1/2] the first' new-1 new-0 "Done.\n$diff"
mail versions.mbox '[PATCH v2 2/2] the second' new-2 new-0 "Done as well.\n$diff"
run 0 import versions.git versions.mbox
run 0 diff versions.git new-2@example.org
cat >wanted <<'END'
0:  ! 0:  the whole
    @@ Metadata
      ## Commit message ##
         the whole
     
    -    About it.
    +    All about it.
1:  = 1:  the first
2:  ! 2:  the second
    @@ Metadata
      ## Commit message ##
         the second
     
    -    Done too.
    +    Done as well.
     
      ## a.c ##
     @@
END
same "pore diff with cover letters" wanted out
# What steers a terminal does not get there.
run 0 diff versions.git -U 1000 new-2@example.org
grep -q '^     +two' out || fail "pore diff -U 1000: not the whole patch"
LC_ALL=C tr -d '\n -~\200-\377' <out | grep -q . && fail "pore diff lets control characters through"

mv versions.git/objects/pack pack
cat pack/*.pack | git -C versions.git unpack-objects -q
commit=$(git -C versions.git log -1 --format=%H --grep='v2 1/2')
rm -f "versions.git/objects/$(git -C versions.git rev-parse "$commit:m" | sed 's,^..,&/,')"
run 0 diff -s versions.git new-2@example.org
cat >wanted <<'END'
0:  ! 0:  the whole
1:  < -:  the first
-:  > 1:  (could not be read)
2:  ! 2:  the second
END
same "pore diff of what cannot be read" wanted out
grep -q "^pore: .*$(echo "$commit" | cut -c 1-12)" err || { fail "pore diff does not say what it cannot read"; cat err; }
exit $failed
