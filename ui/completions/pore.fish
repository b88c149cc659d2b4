# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for pore(1). tests/completions.sh holds its words against the program.

# Is the command one of these? "browse" is the one without a name.
function __pore_runs
    set -l command (commandline -opc)[2]
    contains -- "$command" digest list mails stats show diff am mark marks import sync
    or set command browse
    contains -- $command $argv
end

# How many words stand behind the command? Options and what they take are not counted.
function __pore_place
    set -l place 0
    set -l takes no
    for word in (commandline -opc)[2..]
        switch $takes:$word
            case yes:'*'
                set takes no
            case no:--{since,until,newest,readers,config,execute,script,name,context,patches,withdraw} \
                no:-{n,F,e,U,P}
                set takes yes
            case no:'-*'
            case '*'
                set place (math $place + 1)
        end
    end
    __pore_runs browse
    or set place (math $place - 1)
    echo $place
end

function __pore_settings # each as a line for -e
    printf 'set %s=\n' am_options apply_trailers arrow_cursor attribution base beep bots \
        collapse_all compare_context date_format editor from hdr_order help hide_done history \
        indent_string index_format index_format_narrow index_format_wide keymap list_url mailer \
        markers metoo mouse pager_context pager_format pager_index_lines pager_stop print_command \
        readers record repo resolve save_address save_cover save_history sendmail shell \
        simple_search sort status_format theme toggle_quoted_show_levels wait_key \
        word_differences wrap wrap_search
end

complete -c pore -f
complete -c pore -s h -l help -d 'Show help options'

# Words
set -l first 'test (count (commandline -opc)) -eq 1'
complete -c pore -n $first -a digest -d 'Print a report'
complete -c pore -n $first -a list -d 'Print one line for each series'
complete -c pore -n $first -a mails -d 'Print one line for each mail'
complete -c pore -n $first -a stats -d 'Print who sent how many patches'
complete -c pore -n $first -a show -d 'Print a mail'
complete -c pore -n $first -a diff -d 'Print what changed between two versions'
complete -c pore -n $first -a am -d 'Print a series as an mbox for git am'
complete -c pore -n $first -a mark -d 'Mark series'
complete -c pore -n $first -a marks -d 'Share marks, and correct what is one series'
complete -c pore -n $first -a import -d 'Make or extend an archive'
complete -c pore -n $first -a sync -d 'Fetch what is new, or make a mirror'
complete -c pore -n 'not __pore_runs marks; and test (__pore_place) -eq 0' \
    -a '(__fish_complete_directories)'
complete -c pore -n '__pore_runs mark; and test (__pore_place) -eq 1' \
    -a 'reviewed unreviewed later ignored flagged unflagged note= no-note'
complete -c pore -n '__pore_runs marks; and test (__pore_place) -eq 0' \
    -a 'export import same not-same not-corrected'
complete -c pore -n '__pore_runs import marks; and test (__pore_place) -gt 0' -F

# Options
set -l range '__pore_runs browse digest list mails stats'
complete -c pore -n $range -l since -x -d 'Mails that arrived at DATE or later'
complete -c pore -n $range -l until -x -d 'Mails that arrived at DATE or earlier'
complete -c pore -n $range -s n -l newest -x -d 'The newest N mails'
complete -c pore -n $range -l all -d 'The whole archive'
set -l reading '__pore_runs browse digest list mails stats show diff am mark'
complete -c pore -n $reading -l readers -x -d 'Read with N threads (default: one for each processor)'
complete -c pore -n $reading -l verify -d 'Check the hash of every object'
set -l browse '__pore_runs browse'
complete -c pore -n $browse -s F -l config -r -F -d 'Read FILE instead of the user\'s porerc'
complete -c pore -n $browse -l no-system-rc -d 'Leave the system\'s porerc unread; also -n without number'
complete -c pore -n $browse -s e -l execute -x -a '(__pore_settings)' \
    -d 'Then do LINE, as if it stood in porerc; may be repeated'
complete -c pore -n $browse -l script -r -F -d 'Press the keys and run the commands in FILE'
complete -c pore -n $browse -l no-history -d 'Read nothing but the range, for what is New, too'
complete -c pore -n $browse -l version -d 'Print the version'
complete -c pore -n '__pore_runs digest' -l classic -d 'Leave the list of series empty'
complete -c pore -n '__pore_runs digest' -l name -x -d 'What the list is called'
complete -c pore -n '__pore_runs digest list' -l history \
    -d 'States as of the whole archive, not of the range alone'
complete -c pore -n '__pore_runs list' -l all-states \
    -d 'Also the versions that a later one has replaced'
complete -c pore -n '__pore_runs show' -l raw -d 'The bytes of the mail'
complete -c pore -n '__pore_runs show' -l series \
    -d 'All of its posting; with --raw the patches as an mbox'
complete -c pore -n '__pore_runs diff' -s s -l no-patch -d 'Print the list of patches alone'
complete -c pore -n '__pore_runs diff' -s U -l context -x \
    -d 'Unchanged lines around what differs (default: 3)'
complete -c pore -n '__pore_runs am' -l no-trailers \
    -d 'As it was sent, without the trailers of replies'
complete -c pore -n '__pore_runs am' -l exact \
    -d 'The version of the mail, also if there is a newer one'
complete -c pore -n '__pore_runs am' -s P -l patches -x -d 'These patches alone, such as 1-3,5'
complete -c pore -n '__pore_runs import' -l withdraw -x \
    -d 'Withdraw the mail, after what is imported'
