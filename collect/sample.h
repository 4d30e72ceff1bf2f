/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of a recording: its columns, writer and parser.

   A recording is CSV (RFC 4180) in UTF-8 with a header row. One row is one sample; a run is a sequence of rows whose
   last has phase `end`. Memory is in bytes, times are in microseconds, an unknown value is an empty field.

   To add a column: a line in SAMPLE_OPTIONAL_COLUMNS, and one in the table of data/README.md. */
#ifndef TASKWEIGHT_COLLECT_SAMPLE_H
#define TASKWEIGHT_COLLECT_SAMPLE_H

#include "collect/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The stage of a run at which a sample was taken. */
/* clang-format off */
#define SAMPLE_PHASES(PHASE)                                                        \
    PHASE(IDLE, idle)   /* the runtime is up, no task exists: the measured baseline */ \
    PHASE(SPAWN, spawn) /* tasks are being started */                               \
    PHASE(HOLD, hold)   /* every task sleeps */                                     \
    PHASE(DRAIN, drain) /* tasks end and are joined */                              \
    PHASE(LATE, late)   /* no sample: `count` wake-ups were late by value_ns or more, up to the next bucket */ \
    PHASE(PASS, pass)   /* `count` messages have been passed */                     \
    PHASE(END, end)     /* the run is over: its last row, with its status */
/* clang-format on */

/* How a run ended. */
#define SAMPLE_STATUSES(STATUS)                                                                                        \
    STATUS(OK, ok)           /* all tasks were alive at once and all finished */                                       \
    STATUS(FAILED, failed)   /* the model reported that it could not start them all */                                 \
    STATUS(SHORT, short)     /* fewer tasks than asked for were alive at once or finished */                           \
    STATUS(TIMEOUT, timeout) /* took longer than allowed */                                                            \
    STATUS(KILLED, killed)   /* ended from outside: memory guard, signal, operator */                                  \
    STATUS(SKIPPED, skipped) /* not started: it would have exceeded the memory or the time */

/* The columns in the order in which they are written: COLUMN(kind, name). Each is also a member of struct sample.
   Kinds: TEXT (never NULL, may be empty), NUMBER (int64_t or SAMPLE_UNKNOWN), PHASE, STATUS.

   Every recording has these. */
#define SAMPLE_REQUIRED_COLUMNS(COLUMN)                                                                                \
    COLUMN(TEXT, host)                 /* the machine */                                                               \
    COLUMN(TEXT, model)                /* the task model */                                                            \
    COLUMN(TEXT, family)               /* thread, process, fiber, async, callback, kernel, actor, connection */        \
    COLUMN(NUMBER, tasks)              /* how many tasks were asked for; 0 only where others act beside them */        \
    COLUMN(NUMBER, run)                /* which repetition, from 1 */                                                  \
    COLUMN(PHASE, phase)               /* see SAMPLE_PHASES */                                                         \
    COLUMN(NUMBER, time_us)            /* since the go; negative while idle */                                         \
    COLUMN(NUMBER, alive)              /* tasks alive, if the model has reported it */                                 \
    COLUMN(NUMBER, rss_bytes)          /* resident set, summed over the run's processes */                             \
    COLUMN(NUMBER, pss_bytes)          /* proportional set: shared pages divided among their users */                  \
    COLUMN(NUMBER, uss_bytes)          /* unique set: private pages */                                                 \
    COLUMN(NUMBER, peak_rss_bytes)     /* largest resident set so far */                                               \
    COLUMN(NUMBER, page_table_bytes)   /* user page tables */                                                          \
    COLUMN(NUMBER, kernel_stack_bytes) /* kernel stacks, from cgroup v2 */                                             \
    COLUMN(NUMBER, kernel_bytes)       /* kernel memory charged to the run's memory cgroup */                          \
    COLUMN(NUMBER, charged_bytes)      /* everything charged to the run's memory cgroup */                             \
    COLUMN(NUMBER, peak_charged_bytes) /* the largest charge so far */                                                 \
    COLUMN(NUMBER, threads)            /* threads of all the run's processes */                                        \
    COLUMN(NUMBER, user_us)            /* processor time in user mode so far */                                        \
    COLUMN(NUMBER, system_us)          /* processor time in the kernel so far */                                       \
    COLUMN(STATUS, status)             /* only in the end row: see SAMPLE_STATUSES */                                  \
    COLUMN(TEXT, reason)               /* only in the end row: why the status is not ok */

/* Columns that were added later. If a recording lacks one, its values are unknown: old recordings stay readable. */
#define SAMPLE_OPTIONAL_COLUMNS(COLUMN)                                                                                \
    COLUMN(NUMBER, started_us)           /* only in the end row: the Unix time at which time_us was 0 */               \
    COLUMN(NUMBER, voluntary_switches)   /* only in the end row: times that a thread gave its processor up to wait */  \
    COLUMN(NUMBER, involuntary_switches) /* only in the end row: times that a thread was preempted */                  \
    COLUMN(NUMBER, minor_faults)         /* only in the end row: page faults that needed no input */                   \
    COLUMN(NUMBER, major_faults)         /* only in the end row: page faults that waited for input */                  \
    COLUMN(TEXT, work)                   /* what the tasks do, as work_format (work.h) writes it; empty: sleep */      \
    COLUMN(NUMBER, cpu_ns)               /* processor time of the run so far, where the work is measured in time */    \
    COLUMN(NUMBER, value_ns) /* in phase late the bucket's least lateness, in hold how long a task sleeps */           \
    COLUMN(NUMBER, count)    /* only in phases late and pass */

#define SAMPLE_COLUMNS(COLUMN) SAMPLE_REQUIRED_COLUMNS(COLUMN) SAMPLE_OPTIONAL_COLUMNS(COLUMN)

#define SAMPLE_UNKNOWN INT64_MIN

/* The family of connections to servers, which are weighed in the place of the program that holds them. */
#define SAMPLE_CONNECTION "connection"

#define SAMPLE_ENUMERATOR(upper, lower) SAMPLE_##upper,
/* SAMPLE_OTHER_PHASE: added by a newer version. */
enum sample_phase { SAMPLE_PHASES(SAMPLE_ENUMERATOR) SAMPLE_PHASE_COUNT, SAMPLE_OTHER_PHASE = -1 };
enum sample_status { SAMPLE_STATUSES(SAMPLE_ENUMERATOR) SAMPLE_STATUS_COUNT, SAMPLE_NO_STATUS = -1 };
#undef SAMPLE_ENUMERATOR

#define SAMPLE_TYPE_TEXT const char *
#define SAMPLE_TYPE_NUMBER int64_t
#define SAMPLE_TYPE_PHASE enum sample_phase
#define SAMPLE_TYPE_STATUS enum sample_status
#define SAMPLE_MEMBER(kind, name) SAMPLE_TYPE_##kind name;
struct sample {
    SAMPLE_COLUMNS(SAMPLE_MEMBER) /* texts are borrowed: the sample does not own them */
};
#undef SAMPLE_MEMBER

#define SAMPLE_INDEX(kind, name) SAMPLE_COLUMN_##name,
enum sample_column { SAMPLE_COLUMNS(SAMPLE_INDEX) SAMPLE_COLUMN_COUNT };
#undef SAMPLE_INDEX

extern const char *const sample_column_names[SAMPLE_COLUMN_COUNT];
extern const char *const sample_phase_names[SAMPLE_PHASE_COUNT];
extern const char *const sample_status_names[SAMPLE_STATUS_COUNT];

/* A sample with empty texts, unknown numbers, phase idle and no status. */
struct sample sample_unknown(void);

/* Write the header row, or one sample as a row of all columns. Check errors by ferror(). */
void sample_write_header(FILE *stream);
void sample_write(const struct sample *sample, FILE *stream);

/* Writes a text as one CSV field: quoted where RFC 4180 asks for it, or a blank at either end would be lost. */
void sample_write_text(const char *text, FILE *stream);

/* The position of each column in a recording's rows, from its header. */
struct sample_layout {
    size_t field[SAMPLE_COLUMN_COUNT]; /* the field's index within a row, or SAMPLE_NO_FIELD */
    size_t fields;                     /* how many fields a row has */
};

#define SAMPLE_NO_FIELD SIZE_MAX

/* The layout that sample_write_header and sample_write use. */
struct sample_layout sample_layout_own(void);

/* Reads a header row of `fields` names in any order; unknown ones are ignored. A column that is doubled, or required
   and missing, is an error that names it. */
int sample_layout_read(struct sample_layout *layout, const char *const *names, size_t fields, struct error *error);

/* The same for a line written by sample_write_header of any version; the line is split in place. */
int sample_layout_parse(struct sample_layout *layout, char *line, struct error *error);

/* Writes one sample as a row of that layout: values without a column are left out, columns unknown to this version stay
   empty. */
void sample_write_as(const struct sample *sample, const struct sample_layout *layout, FILE *stream);

/* Reads a number: plain decimal digits, at most 18, with an optional minus; no blanks, signs of plus, hex, decimals or
   exponents. An empty field is SAMPLE_UNKNOWN. Returns false and leaves *number unchanged if the field is no number. */
bool sample_parse_number(const char *field, size_t length, int64_t *number);

/* Reads one field, `length` bytes and a NUL, into its column of *sample; a text is borrowed, a number may also end in a
   point and zeros. Returns false if the field is no value of that column. A phase of an unknown name (a lower-case
   word) is SAMPLE_OTHER_PHASE. */
bool sample_set(struct sample *sample, enum sample_column column, const char *field, size_t length);

/* Sets the error "column NAME: 'FIELD' is not ..." and returns -1. */
int sample_field_error(enum sample_column column, const char *field, struct error *error);

/* Checks that the fields of a row make sense together; if not, returns -1 and an error "column NAME: what is wrong". */
int sample_check(const struct sample *sample, struct error *error);

/* Reads a row of layout->fields fields into *sample, whose texts then point into the fields. Columns that the layout
   lacks are unknown. A bad field is an error "column NAME: what is wrong"; do not use *sample then. */
int sample_parse(struct sample *sample, const char *const *row, const struct sample_layout *layout,
                 struct error *error);

/* Reads a line that sample_write_as wrote, without its newline; it is split in place, and the texts point into it.
   Errors as of sample_parse. */
int sample_parse_line(struct sample *sample, char *line, const struct sample_layout *layout, struct error *error);

#endif
