#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the claims of claims.tsv, beside this script, against recordings, and prints a table in Markdown:
#
#     claims.sh ANALYZE RECORDING...
#
# A claim is a ratio of two models' peak resident memory at a count. It holds if the whole confidence interval of the measured
# ratio is on its side, and is refuted if the whole interval is on the other side.
set -eu

analyze=$1
shift
claims=$(dirname "$0")/claims.tsv

measured() { # MODEL REFERENCE TASKS RECORDING...: "RATIO LOW HIGH"
    model=$1 reference=$2 tasks=$3
    shift 3
    "$analyze" --table=ratios --at="$tasks" --model="$model,$reference" --reference="$reference" --format=csv "$@" |
        awk -F, -v model="$model" '
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            $at["model"] == model { print $at["ratio"], $at["ratio_low"], $at["ratio_high"] }'
}

echo '| claimed in 2023 | tasks | ratio published | ratio here, 95 % | holds here? |'
echo '| --- | --- | --- | --- | --- |'
tail -n +2 "$claims" | while IFS='	' read -r claim model reference tasks published over bound; do
    figures=$(measured "$model" "$reference" "$tasks" "$@" </dev/null)
    awk -v claim="$claim" -v tasks="$tasks" -v published="$published" -v over="$over" -v bound="$bound" -v figures="$figures" '
        BEGIN {
            known = split(figures, figure, " ") == 3
            split(bound, side, " ")
            near = figure[side[1] == ">" ? 2 : 3]; far = figure[side[1] == ">" ? 3 : 2]
            sign = side[1] == ">" ? 1 : -1
            holds = sign * (near - side[2]) > 0 ? "yes" : sign * (far - side[2]) < 0 ? "no" : "cannot tell"
            sub(/000000$/, " M", tasks); sub(/000$/, " k", tasks)
            ours = sprintf("%.3g (%.3g to %.3g)", figure[1], figure[2], figure[3])
            printf "| %s (%s) | %s | %.2f | %s | %s |\n", claim, bound, tasks, published / over,
                known ? ours : "not measured", known ? holds : "cannot tell"
        }'
done
