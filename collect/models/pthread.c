/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX thread with the attributes that the C library gives by default. */
#include "collect/models/task_model.h"

#include <pthread.h>

static void *task(void *unused)
{
    task_model_live();
    return unused;
}

static bool start(void *record)
{
    int error = pthread_create(record, NULL, task, NULL);

    return error == 0 || task_model_refuse("pthread_create", error);
}

static void join(void *record)
{
    pthread_join(*(pthread_t *)record, NULL);
}

const struct task_model task_model = {
    .family = "thread",
    .summary = "POSIX thread, default attributes",
    .record_size = sizeof(pthread_t),
    .start = start,
    .join = join,
};
