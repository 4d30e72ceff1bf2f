/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No task, but a known number of bytes for each, which are touched: the measured weight must be that number. The
   parameter is the bytes: calibrate:1 to calibrate:1048576. */
#include "collect/models/no_task.h"
#include "collect/models/task_model.h"

#include <stdlib.h>

#define DEFAULT_BYTES 1024
#define MOST_BYTES 1048576

static bool configure(const char *parameter)
{
    char *end;
    unsigned long long bytes = strtoull(parameter, &end, 10);

    if (*parameter < '0' || *parameter > '9' || *end || bytes < 1 || bytes > MOST_BYTES)
        return false;
    task_model_set_payload((size_t)bytes);
    return true;
}

static bool open_default(void)
{
    if (!task_model_payload())
        task_model_set_payload(DEFAULT_BYTES);
    return true;
}

const struct task_model task_model = {
    .family = "async",
    .summary = "no task, but 1024 bytes for each (calibrate:1 to calibrate:1048576)",
    .configure = configure,
    .open = open_default,
    .start = no_task_start,
    .run = no_task_run,
    .join = no_task_join,
};
