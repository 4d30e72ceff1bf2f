/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ends that does not just end well: each finds the words and ends it. */
#ifndef TASKWEIGHT_COLLECT_ENDING_H
#define TASKWEIGHT_COLLECT_ENDING_H

#include "collect/event.h"

#include <stdbool.h>

struct watch;

/* Whether the run is to end since it took more memory than it may. */
bool ending_is_over_limit(const struct watch *watch);

/* Names the limit of memory that was met. */
void ending_over_limit(struct watch *watch);

/* The model said that it failed. It waits for an answer still, so its limits can be read. */
void ending_failed(struct watch *watch, const struct event *event);

/* The program ended with that status of wait(2), which was not the end of its run; all that it said was heard. */
void ending_of_program(struct watch *watch, int wait_status);

void ending_by_timeout(struct watch *watch);

/* A command ended well. What it did may be as it was meant to be, so the run is ok, but its reason tells what is odd.
 */
void ending_of_command(struct watch *watch);

#endif
