/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task at all: what this model is found to weigh is what the harness itself weighs. */
#include "collect/models/task_model.h"

static bool start(void *record)
{
    (void)record;
    task_model_task_started();
    return true;
}

static void run(void)
{
    task_model_sleep_until(task_model_now() + task_model_nanoseconds());
}

static void join(void *record)
{
    (void)record;
    task_model_task_finished();
}

const struct task_model task_model = {
    .family = "async",
    .summary = "no task: what the harness itself costs",
    .start = start,
    .run = run,
    .join = join,
};
