# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion of @program@: the program itself says what there is.
function __taskweight_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l word (commandline -ct)
    switch $word
        case '--*=*'
            set -l option (string split -m 1 = -- $word)
            set -l head (string match -r '.*,' -- $option[2])
            for value in (@candidates@ $words[1] $option[1] $words)
                echo $option[1]=$head$value
            end
        case '-*'
            @candidates@ $words[1] '' $words
        case '*'
            string match -q '*collect' -- $words[1]; and @candidates@ $words[1] --model
    end
end
complete -c @program@ -a '(__taskweight_complete)'
