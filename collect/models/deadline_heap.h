/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A binary heap of deadlines: who sleeps until when, for models whose tasks are scheduled by the model itself. */
#ifndef TASKWEIGHT_MODELS_DEADLINE_HEAP_H
#define TASKWEIGHT_MODELS_DEADLINE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadline {
    uint64_t nanoseconds; /* of the monotonic clock */
    void *sleeper;
};

struct deadline_heap {
    struct deadline *deadline; /* each at least as late as its parent, at half its index */
    size_t count, capacity;
};

/* Makes room for one more deadline than there are. Returns false, with errno set, where memory runs out. A model calls
   it before it starts a task, so that the task itself cannot fail to go to sleep. */
bool deadline_heap_reserve(struct deadline_heap *heap);

/* Needs the room made before. */
void deadline_heap_add(struct deadline_heap *heap, uint64_t nanoseconds, void *sleeper);

/* Takes the earliest deadline out, waits until it has come and returns its sleeper; NULL once the heap is empty. */
void *deadline_heap_await(struct deadline_heap *heap);

#endif
