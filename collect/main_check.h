/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect --check: whether this machine finds a known weight again. The weights are those of the model calibrate; what
   the recording says of them is asked of analyze, since collect knows no statistics. */
#ifndef TASKWEIGHT_COLLECT_MAIN_CHECK_H
#define TASKWEIGHT_COLLECT_MAIN_CHECK_H

#include "collect/error.h"
#include "collect/setup.h"

#include <limits.h>

/* Where the check's recording is. */
struct main_check_files {
    char recording[PATH_MAX];
    char folder[PATH_MAX]; /* of its own, to be removed with all that is in it; "" where the recording is to be kept */
};

/* Puts the calibrated models in, and fewer runs than a sweep has unless they were chosen. */
void main_check_setup(struct setup *setup, bool runs_chosen);

/* Where `output` is NULL, a folder for temporary files is made. */
int main_check_open(struct main_check_files *files, const char *output, struct error *error);
void main_check_close(const struct main_check_files *files);

/* Prints what was found again and a verdict on each. Returns the exit status: failure where a target was missed; or -1
   and an error where analyze cannot be asked. */
int main_check_report(const char *recording, struct error *error);

#endif
