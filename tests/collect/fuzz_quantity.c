/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A count that is read can be written and read again. */
#include "collect/quantity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[64], written[UNIT_TEXT_SIZE];
    int64_t count, bytes, again;
    struct error error;

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (quantity_parse_count(text, &count, &error) == 0 &&
        (quantity_parse_count(unit_format_count(written, count), &again, &error) != 0 || again != count))
        abort();
    if (quantity_parse_bytes(text, &bytes, &error) == 0) {
        if (bytes < 0)
            abort();
        unit_format(written, UNIT_BYTES, (double)bytes);
    }
    return 0;
}
