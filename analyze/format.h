/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats: each writes any table. */
#ifndef TASKWEIGHT_ANALYZE_FORMAT_H
#define TASKWEIGHT_ANALYZE_FORMAT_H

#include "analyze/table.h"

#include <stdio.h>

/* Writes the table. Errors stay in the stream: ask ferror(). Returns -1 where memory runs out, otherwise 0. */
typedef int format_write(const struct table *table, FILE *stream);

format_write format_text; /* for people: aligned columns, sizes with units, remarks */
format_write format_csv;  /* for programs: RFC 4180, every digit, unknown values empty */

#endif
