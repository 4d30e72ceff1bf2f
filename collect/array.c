/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/array.h"

#include <stdlib.h>

void *array_grow(void *array, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return array;
    return reallocarray(array, count > 0 ? 2 * count : 1, size);
}
