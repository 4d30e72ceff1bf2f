/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread by the C standard's own interface. */
#include "collect/models/task_model.h"

#include <errno.h>
#include <threads.h>

static int live(void *unused)
{
    (void)unused;
    task_model_live();
    return 0;
}

static bool start(void *record)
{
    int result = thrd_create(record, live, NULL);

    return result == thrd_success || task_model_refuse("thrd_create", result == thrd_nomem ? ENOMEM : EAGAIN);
}

static void join(void *record)
{
    thrd_join(*(thrd_t *)record, NULL);
}

const struct task_model task_model = {
    .family = "thread",
    .summary = "C11 thread",
    .record_size = sizeof(thrd_t),
    .has_stack = true,
    .start = start,
    .join = join,
};
