/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A binary heap of deadlines, for models that schedule their tasks themselves. */
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

/* Makes room for one more deadline. Returns false, with errno set, if memory runs out. A model calls it before it
   starts a task, so that the task's sleep cannot fail. */
bool deadline_heap_reserve(struct deadline_heap *heap);

/* Call deadline_heap_reserve before. */
void deadline_heap_add(struct deadline_heap *heap, uint64_t nanoseconds, void *sleeper);

/* Takes the earliest deadline out, waits until it has come and returns its sleeper; NULL once the heap is empty. */
void *deadline_heap_await(struct deadline_heap *heap);

#endif
