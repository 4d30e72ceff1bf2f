/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX thread with the attributes that the C library gives by default. */
#include "collect/models/posix_thread.h"
#include "collect/models/task_model.h"

const struct task_model task_model = {
    .family = "thread",
    .summary = "POSIX thread, default attributes",
    .record_size = sizeof(pthread_t),
    .has_stack = true,
    .start = posix_thread_start,
    .join = posix_thread_join,
    .actors = &posix_thread_actors,
};
