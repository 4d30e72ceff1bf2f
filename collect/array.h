/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays that grow by one member after the other. */
#ifndef TASKWEIGHT_COLLECT_ARRAY_H
#define TASKWEIGHT_COLLECT_ARRAY_H

#include <stddef.h>

/* Makes room for one more member of `size` bytes in a heap array of `count`, NULL when empty, that has grown in no
   other way: there is room up to the next power of two. Returns where the array now is; NULL where memory runs out, and
   the array is then as it was. */
void *array_grow(void *array, size_t count, size_t size);

#endif
