/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any output of a model gives lines within their size and valid events. */
#include "collect/event.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_lines lines = {0};

    for (size_t i = 0; i < size; i++) {
        struct event event;

        if (!event_lines_take(&lines, (char)data[i]))
            continue;
        if (!memchr(lines.line, '\0', sizeof lines.line))
            abort();
        event = event_parse(lines.line);
        if (event.count < 0)
            abort();
    }
    return 0;
}
