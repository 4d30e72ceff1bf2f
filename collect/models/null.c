/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task at all: what this model is found to weigh is what the harness itself weighs. */
#include "collect/models/no_task.h"
#include "collect/models/task_model.h"

const struct task_model task_model = {
    .family = "async",
    .summary = "no task: what the harness itself costs",
    .start = no_task_start,
    .run = no_task_run,
    .join = no_task_join,
};
