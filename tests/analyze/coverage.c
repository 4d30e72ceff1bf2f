/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage [ROUNDS [PART]] (curves, lines, made-of, times, verdicts, pools or stopping): whether limits that say 95 %
   hold the truth in 95 %, by simulation. Fails where they do not, but for what is listed as not promised. */
#include "tests/analyze/coverage.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_ROUNDS 1000

static const struct part {
    const char *name;
    size_t (*simulate)(size_t rounds);
} parts[] = {
    {"curves", coverage_curves},     {"lines", coverage_lines},       {"made-of", coverage_made_of},
    {"times", coverage_times},       {"verdicts", coverage_verdicts}, {"pools", coverage_pools},
    {"stopping", coverage_stopping},
};

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_ROUNDS, broken = 0;

    gsl_set_error_handler_off();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (argc < 3 || strcmp(argv[2], parts[i].name) == 0)
            broken += parts[i].simulate(rounds);
    printf("\n%zu promises are broken\n", broken);
    return broken == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
