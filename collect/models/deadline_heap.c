/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The textbook binary heap (J. W. J. Williams, Algorithm 232: Heapsort, CACM 7(6), 1964), indices from 1. */
#include "collect/models/deadline_heap.h"

#include "collect/models/task_model.h"

#include <stdlib.h>

#define FIRST_CAPACITY 1024

bool deadline_heap_reserve(struct deadline_heap *heap)
{
    size_t capacity = heap->capacity ? 2 * heap->capacity : FIRST_CAPACITY;
    struct deadline *larger;

    if (heap->count + 1 < heap->capacity)
        return true;
    larger = realloc(heap->deadline, capacity * sizeof *larger);
    if (!larger)
        return false;
    heap->deadline = larger;
    heap->capacity = capacity;
    return true;
}

void deadline_heap_add(struct deadline_heap *heap, uint64_t nanoseconds, void *sleeper)
{
    size_t place;

    for (place = ++heap->count; place > 1 && heap->deadline[place / 2].nanoseconds > nanoseconds; place /= 2)
        heap->deadline[place] = heap->deadline[place / 2];
    heap->deadline[place] = (struct deadline){nanoseconds, sleeper};
}

static struct deadline take_earliest(struct deadline_heap *heap)
{
    struct deadline earliest = heap->deadline[1], last = heap->deadline[heap->count--];
    size_t place = 1, child;

    while ((child = 2 * place) <= heap->count) {
        if (child < heap->count && heap->deadline[child + 1].nanoseconds < heap->deadline[child].nanoseconds)
            child++;
        if (last.nanoseconds <= heap->deadline[child].nanoseconds)
            break;
        heap->deadline[place] = heap->deadline[child];
        place = child;
    }
    heap->deadline[place] = last;
    return earliest;
}

void *deadline_heap_await(struct deadline_heap *heap)
{
    struct deadline earliest;

    if (heap->count == 0)
        return NULL;
    earliest = take_earliest(heap);
    if (task_model_now() < earliest.nanoseconds)
        task_model_sleep_until(earliest.nanoseconds);
    return earliest.sleeper;
}
