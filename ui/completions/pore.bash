# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for pore(1). tests/completions.sh holds its words against the program.

_pore_options() { # COMMAND: its options
    local range="--since --until -n --newest --all" reading="--readers --verify"

    case $1 in
    digest) echo "$range $reading --classic --name --history" ;;
    list) echo "$range $reading --all-states --history" ;;
    mails | stats) echo "$range $reading" ;;
    show) echo "$reading --raw --series" ;;
    diff) echo "$reading -s --no-patch -U --context" ;;
    am) echo "$reading --no-trailers --exact -P --patches" ;;
    mark) echo "$reading" ;;
    import) echo "--withdraw" ;;
    marks | sync) ;;
    *) echo "$range $reading -F --config --no-system-rc -e --execute --script --no-history --version" ;;
    esac
    echo "-h --help"
}

_pore_settings() { # each as a line for -e
    printf 'set %s=\n' am_options apply_trailers arrow_cursor attribution base beep bots \
        collapse_all compare_context date_format editor from hdr_order help hide_done history \
        indent_string index_format index_format_narrow index_format_wide keymap list_url mailer \
        markers metoo mouse pager_context pager_format pager_index_lines pager_stop print_command \
        readers record repo resolve save_address save_cover save_history sendmail shell \
        simple_search sort status_format theme toggle_quoted_show_levels wait_key \
        word_differences wrap wrap_search
}

_pore_add() { # OPTION...: what compgen makes of these
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$current")
}

_pore() {
    local commands="digest list mails stats show diff am mark marks import sync"
    local current=$2 command="" option="" place=0 i=1

    # bash takes --since=DATE for three words.
    [[ $current != "=" ]] || current=""
    if ((COMP_CWORD > 1)) && [[ " $commands " = *" ${COMP_WORDS[1]} "* ]]; then
        command=${COMP_WORDS[1]} i=2
    fi
    for (( ; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --since | --until | --newest | --readers | --config | --execute | --script | --name | \
            --context | --patches | --withdraw | -n | -F | -e | -U | -P)
            option=${COMP_WORDS[i]}
            [[ ${COMP_WORDS[i + 1]} != "=" ]] || ((i++))
            ((++i >= COMP_CWORD)) || option=""
            ;;
        -?*) ;;
        *) ((place++)) ;;
        esac
    done

    COMPREPLY=()
    case $option:$command:$place:$current in
    -e:* | --execute:*)
        compopt -o filenames -o nospace
        IFS=$'\n' _pore_add -W "$(_pore_settings)"
        ;;
    -F:* | --config:* | --script:* | :import:[1-9]*:* | :marks:[1-9]*:*)
        compopt -o filenames
        _pore_add -f
        ;;
    -*) ;;
    *:-*) _pore_add -W "$(_pore_options "$command")" ;;
    :marks:0:*) _pore_add -W "export import same not-same not-corrected" ;;
    :mark:1:*)
        _pore_add -W "reviewed unreviewed later ignored flagged unflagged note= no-note"
        [[ ${COMPREPLY[*]} != "note=" ]] || compopt -o nospace
        ;;
    :*:0:*)
        compopt -o filenames
        _pore_add -d
        ((COMP_CWORD > 1)) || _pore_add -W "$commands"
        ;;
    esac
}

complete -F _pore pore
