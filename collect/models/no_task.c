/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/no_task.h"

#include "collect/models/task_model.h"

bool no_task_start(void *record)
{
    (void)record;
    task_model_task_started();
    return true;
}

void no_task_run(void)
{
    task_model_sleep_until(task_model_now() + task_model_nanoseconds());
}

void no_task_join(void *record)
{
    (void)record;
    task_model_task_finished();
}
