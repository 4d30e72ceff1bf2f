/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/posix_thread.h"

#include "collect/models/task_model.h"

static void *live(void *unused)
{
    task_model_live();
    return unused;
}

bool posix_thread_start(pthread_t *thread, const pthread_attr_t *attributes)
{
    int error = pthread_create(thread, attributes, live, NULL);

    return error == 0 || task_model_refuse("pthread_create", error);
}

void posix_thread_join(void *record)
{
    pthread_join(*(pthread_t *)record, NULL);
}
