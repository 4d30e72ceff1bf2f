/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads counts, sizes and times as people write them; collect/unit.h writes them. */
#ifndef TASKWEIGHT_COLLECT_QUANTITY_H
#define TASKWEIGHT_COLLECT_QUANTITY_H

#include "collect/error.h"
#include "collect/unit.h"

#include <stdint.h>

/* "10k" -> 10000, "1.5k" -> 1500. A count of at least 1 with an optional suffix k, M, G or T (powers of 1000); with a
   suffix it may have decimals, if the count is whole. Reads what unit_format_count writes as the same count. Returns -1
   and an error that names a bad text; *count is then unchanged. */
int quantity_parse_count(const char *text, int64_t *count, struct error *error);

/* "16GiB" of bytes -> 17179869184, "2ms" of seconds -> 0.002. A number of at least 0, decimals allowed, with an
   optional suffix, one of the unit's steps. Returns -1 and an error that names a bad text and the steps. */
int quantity_parse(const char *text, enum unit unit, double *value, struct error *error);

/* The same for bytes, which must be whole. */
int quantity_parse_bytes(const char *text, int64_t *bytes, struct error *error);

/* "5%" and "5" -> 0.05: a percentage of at least 0. Returns -1 and an error that names a bad text. */
int quantity_parse_share(const char *text, double *share, struct error *error);

/* "10min" -> 600, "1.5h" -> 5400, "90s" and "90" -> 90: a time for people, in seconds, or any that quantity_parse
   reads. Returns -1 and an error that names a bad text. */
int quantity_parse_duration(const char *text, double *seconds, struct error *error);

#endif
