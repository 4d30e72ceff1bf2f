/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX thread with the smallest stack that the C library accepts (PTHREAD_STACK_MIN, 16 KiB on x86-64). */
#include "collect/models/posix_thread.h"
#include "collect/models/task_model.h"

#include <limits.h>

static pthread_attr_t small_stack;

static bool open_attributes(void)
{
    int error = pthread_attr_init(&small_stack);

    if (error == 0)
        error = pthread_attr_setstacksize(&small_stack, (size_t)PTHREAD_STACK_MIN + task_model_payload());
    posix_thread_attributes = &small_stack;
    return error == 0 || task_model_refuse("pthread_attr_setstacksize", error);
}

const struct task_model task_model = {
    .family = "thread",
    .summary = "POSIX thread with the smallest stack",
    .record_size = sizeof(pthread_t),
    .has_stack = true,
    .open = open_attributes,
    .start = posix_thread_start,
    .join = posix_thread_join,
    .actors = &posix_thread_actors,
};
