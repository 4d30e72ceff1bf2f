/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of collect. */
#ifndef TASKWEIGHT_COLLECT_MAIN_OPTIONS_H
#define TASKWEIGHT_COLLECT_MAIN_OPTIONS_H

#include "collect/choice.h"
#include "collect/setup.h"

#include <stdbool.h>
#include <stdint.h>

struct main_options {
    struct setup setup;
    int64_t payload;             /* bytes that each task carries; CHOICE_NO_PAYLOAD: none */
    const char *output, *resume; /* NULL: not given */
    bool list, plan, check, quiet;
    bool seed_given, runs_given;
    int given;      /* options and arguments that say what to measure or how */
    char **command; /* the arguments as they were given, for the sidecar */
};

/* Reads the command line over the defaults. Texts are borrowed from argv, whose lists are split in place. Ends the
   program on --help, --version and usage errors. */
void main_options_read(struct main_options *options, int argc, char **argv);

void main_options_free(struct main_options *options);

#endif
