/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/run_queue.h"

#include <stddef.h>

static struct actor *first, *last;

void run_queue_add(struct actor *actor)
{
    actor->queued = NULL;
    if (first)
        last->queued = actor;
    else
        first = actor;
    last = actor;
}

struct actor *run_queue_take(void)
{
    struct actor *actor = first;

    if (actor)
        first = actor->queued;
    return actor;
}
