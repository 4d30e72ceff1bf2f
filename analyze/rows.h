/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a CSV file (RFC 4180), one after the other: memory is bounded by the longest row. */
#ifndef TASKWEIGHT_ANALYZE_ROWS_H
#define TASKWEIGHT_ANALYZE_ROWS_H

#include "collect/error.h"

#include <stdbool.h>
#include <stddef.h>

struct row {
    const char *const *field; /* texts, valid until the next row */
    size_t fields;
    bool ended; /* by a line break; the last row of a file that was cut off is not */
};

/* Takes a row in. Returns 0 to go on; -1 and an error without file and line to stop. */
typedef int rows_take(void *context, const struct row *row, struct error *error);

/* Calls take for each row of the file; blank lines are passed over, and blanks around a field belong to it. Returns
   -1 and an error "path:line: ..." where the file cannot be read, is not CSV or take says so. */
int rows_read(const char *path, rows_take *take, void *context, struct error *error);

#endif
