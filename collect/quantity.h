/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts and sizes as people write them: SI suffixes for counts, IEC suffixes for memory. */
#ifndef TASKWEIGHT_COLLECT_QUANTITY_H
#define TASKWEIGHT_COLLECT_QUANTITY_H

#include "collect/error.h"

#include <stddef.h>
#include <stdint.h>

/* Enough for every text the two format functions write. */
#define QUANTITY_TEXT_SIZE 32

/* "10k" -> 10000, "1.5k" -> 1500. A count of at least 1 with an optional suffix k, M, G or T (powers of 1000), behind
   which decimals may stand that leave it whole. What quantity_format_count writes is read again as the same count.
   On a bad text returns -1 and an error that names it; *count is then untouched. */
int quantity_parse_count(const char *text, int64_t *count, struct error *error);

/* "16GiB" -> 17179869184. A number of at least 0, decimals allowed before a suffix, with an optional suffix
   B, KiB, MiB, GiB or TiB (powers of 1024). On a bad text returns -1 and an error that names it. */
int quantity_parse_bytes(const char *text, int64_t *bytes, struct error *error);

/* 10000 -> "10k", 2500000 -> "2.5M", 12345 -> "12345": short where nothing is lost, else every digit.
   Writes at most QUANTITY_TEXT_SIZE bytes to text and returns text. */
const char *quantity_format_count(char text[QUANTITY_TEXT_SIZE], int64_t count);

/* 11382045.3 -> "11.4M", 999.6 -> "1.00k", 12.25 -> "12.2": an estimated count, three significant digits.
   Writes at most QUANTITY_TEXT_SIZE bytes to text and returns text. */
const char *quantity_format_about(char text[QUANTITY_TEXT_SIZE], double count);

/* 8683.5 -> "8.48 KiB": three significant digits in the unit that suits (bytes are whole below 1 KiB only when they are
   whole). Writes at most QUANTITY_TEXT_SIZE bytes to text and returns text. */
const char *quantity_format_bytes(char text[QUANTITY_TEXT_SIZE], double bytes);

#endif
