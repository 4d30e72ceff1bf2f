/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs' options have in common. */
#ifndef TASKWEIGHT_COLLECT_OPTION_H
#define TASKWEIGHT_COLLECT_OPTION_H

#include "collect/error.h"

#include <stddef.h>

/* The exit status of a command that was not understood. */
#define OPTION_EXIT_USAGE 2

/* The longest list that an option takes. */
#define OPTION_MAX_LIST 256

/* A macro's number as a string, for help texts. */
#define OPTION_TEXT(number) OPTION_TEXT_OF(number)
#define OPTION_TEXT_OF(number) #number

/* Takes one part of a list; returns -1 and an error if the part is wrong. */
typedef int option_take(const char *part, void *context, struct error *error);

/* Calls `take` with each part of "a,b,c", which is split in place. Returns -1 and an error that names the option if a
   part is empty or wrong. */
int option_list(const char *option, char *list, option_take *take, void *context, struct error *error);

#endif
