/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, sizes and times as people write them. How they are written for people stands in collect/unit.h. */
#ifndef TASKWEIGHT_COLLECT_QUANTITY_H
#define TASKWEIGHT_COLLECT_QUANTITY_H

#include "collect/error.h"
#include "collect/unit.h"

#include <stdint.h>

/* "10k" -> 10000, "1.5k" -> 1500. A count of at least 1 with an optional suffix k, M, G or T (powers of 1000), behind
   which decimals may stand that leave it whole. What unit_format_count writes is read again as the same count.
   On a bad text returns -1 and an error that names it; *count is then untouched. */
int quantity_parse_count(const char *text, int64_t *count, struct error *error);

/* "16GiB" of bytes -> 17179869184, "2ms" of seconds -> 0.002. A number of at least 0, decimals allowed, with an
   optional suffix, which is one of the unit's steps. On a bad text returns -1 and an error that names it and the steps.
 */
int quantity_parse(const char *text, enum unit unit, double *value, struct error *error);

/* The same of bytes, of which there are whole ones only. */
int quantity_parse_bytes(const char *text, int64_t *bytes, struct error *error);

#endif
