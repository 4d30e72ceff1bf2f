#compdef @program@
# SPDX-License-Identifier: GPL-3.0-or-later
# zsh completion of @program@: the program itself says what there is.
local word=${words[CURRENT]} option=
local -a values options

if [[ $word == --*=* ]]; then
    option=${word%%=*}
    compset -P '*='
    compset -P '*,'
elif [[ ${words[CURRENT-1]} == -[a-z] ]]; then
    option=${words[CURRENT-1]}
    compset -P '*,'
fi
if [[ -n $option ]]; then
    values=(${(f)"$(@candidates@ $words[1] $option $words)"})
    if (( $#values )); then
        compadd -a values
    else
        _files
    fi
elif [[ $word == -* ]]; then
    options=(${(f)"$(@candidates@ $words[1] '' $words | cut -f1)"})
    compadd -S '' -- ${(M)options:#*=}
    compadd -- ${options:#*=}
else
    if [[ $words[1] == *collect ]]; then
        values=(${(f)"$(@candidates@ $words[1] --model)"})
        compadd -a values
    fi
    _files
fi
