/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The units of all values: one vocabulary for tables, axes, options and messages. */
#ifndef TASKWEIGHT_COLLECT_UNIT_H
#define TASKWEIGHT_COLLECT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UNIT(upper, "name"). Each has its steps, ascending, in UNIT_STEPS of unit.c. */
#define UNITS(UNIT)                                                                                                    \
    UNIT(COUNT, "count")                                                                                               \
    UNIT(BYTES, "bytes")                                                                                               \
    UNIT(SECONDS, "seconds")                                                                                           \
    UNIT(RATIO, "ratio")                                                                                               \
    UNIT(PROBABILITY, "probability")

#define UNIT_ENUMERATOR(upper, name) UNIT_##upper,
enum unit { UNITS(UNIT_ENUMERATOR) UNIT_LENGTH };
#undef UNIT_ENUMERATOR

extern const char *const unit_names[UNIT_LENGTH];

/* A multiple of a unit: a KiB is 1024 bytes, a µs 1e-6 seconds. */
struct unit_step {
    const char *text,
        *typed;    /* as written, and the spelling that is also read for letters that keyboards lack, or NULL */
    double factor; /* how many of the unit it is */
};

/* The unit's steps, ascending; *count is at least one. One step has the factor 1. */
const struct unit_step *unit_steps(enum unit unit, size_t *count);

/* The largest step up to the size; the smallest if all are larger. */
const struct unit_step *unit_step_of(enum unit unit, double size);

/* Whether values are written with a blank and the step's name: "8.48 KiB", but "11.4M" and "0.05". */
bool unit_is_named(enum unit unit);

/* Enough for every text that the format functions write. */
#define UNIT_TEXT_SIZE 32

/* 8683.5 bytes -> "8.48 KiB", 1.25e-6 seconds -> "1.25 µs", 11382045.3 counted -> "11.4M", a ratio of 2.4194 -> "2.42":
   three significant digits in the step that suits (bytes are whole below 1 KiB only when they are whole). Writes at
   most UNIT_TEXT_SIZE bytes to text and returns text. */
const char *unit_format(char text[UNIT_TEXT_SIZE], enum unit unit, double value);

/* 10000 -> "10k", 2500000 -> "2.5M", 12345 -> "12345": a count, short if that is exact, else with every digit. Writes
   at most UNIT_TEXT_SIZE bytes to text and returns text. */
const char *unit_format_count(char text[UNIT_TEXT_SIZE], int64_t count);

#endif
