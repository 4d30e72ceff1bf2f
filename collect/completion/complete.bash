# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion of @program@: the program itself says what there is.
_taskweight() {
    local word=${COMP_WORDS[COMP_CWORD]} option="" values head=""
    if [[ $word == "=" ]]; then
        word="" option=${COMP_WORDS[COMP_CWORD - 1]}
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == "=" ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == -[a-z] ]] || # or --option, of which --option= is told
        "@candidates@" "$1" | cut -f1 | grep -qx -e "${COMP_WORDS[COMP_CWORD - 1]}="; then
        option=${COMP_WORDS[COMP_CWORD - 1]}
    fi
    COMPREPLY=()
    if [[ -n $option ]]; then
        values=$("@candidates@" "$1" "$option" "${COMP_WORDS[@]}")
        if [[ -n $values ]]; then
            [[ $word != *,* ]] || head=${word%,*},
            mapfile -t COMPREPLY < <(compgen -P "$head" -W "$values" -- "${word##*,}")
            return
        fi
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("@candidates@" "$1" "" "${COMP_WORDS[@]}" | cut -f1)" -- "$word")
        [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
        return
    elif [[ $1 == *collect ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("@candidates@" "$1" --model)" -- "$word")
    fi
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
    compopt -o filenames
}
complete -F _taskweight @program@
