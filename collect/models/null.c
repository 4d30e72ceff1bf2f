/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task at all: this model's weight is that of the harness. */
#include "collect/models/no_task.h"
#include "collect/models/task_model.h"

const struct task_model task_model = {
    .family = "async",
    .summary = "no task: what the harness itself costs",
    .start = no_task_start,
    .run = no_task_run,
    .join = no_task_join,
};
