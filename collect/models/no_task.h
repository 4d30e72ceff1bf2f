/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts a task without making one. */
#ifndef TASKWEIGHT_MODELS_NO_TASK_H
#define TASKWEIGHT_MODELS_NO_TASK_H

#include <stdbool.h>

/* A model's start, run and join. */
bool no_task_start(void *record);
void no_task_run(void);
void no_task_join(void *record);

#endif
