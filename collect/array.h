/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays that grow one member at a time. */
#ifndef TASKWEIGHT_COLLECT_ARRAY_H
#define TASKWEIGHT_COLLECT_ARRAY_H

#include <stddef.h>

/* Makes room for one more member of `size` bytes in a heap array of `count` members, NULL when empty. Only this
   function may grow the array: it takes the capacity to be the next power of two. Returns the array's new address, or
   NULL if memory runs out; the array is then unchanged. */
void *array_grow(void *array, size_t count, size_t size);

#endif
