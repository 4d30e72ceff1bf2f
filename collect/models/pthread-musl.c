/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX thread of another C library: musl, linked statically.

   compiler: musl-gcc -static
   package: musl-tools */
#include "collect/models/posix_thread.h"
#include "collect/models/task_model.h"

const struct task_model task_model = {
    .family = "thread",
    .summary = "POSIX thread of musl, default attributes",
    .version = "musl " LIBRARY_VERSION,
    .record_size = sizeof(pthread_t),
    .has_stack = true,
#ifdef __GLIBC__
    .unavailable = "built without musl (install musl-tools, build again)",
#endif
    .start = posix_thread_start,
    .join = posix_thread_join,
    .actors = &posix_thread_actors,
};
