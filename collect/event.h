/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model says on its stdout: lines, and the events among them. */
#ifndef TASKWEIGHT_COLLECT_EVENT_H
#define TASKWEIGHT_COLLECT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
    EVENT_IDLE,   /* idle */
    EVENT_READY,  /* ready ALIVE */
    EVENT_LATE,   /* late LOW_NS COUNT, with COUNT of at least 1 */
    EVENT_PASSED, /* passed COUNT */
    EVENT_DONE,   /* done FINISHED */
    EVENT_FAILED, /* failed STARTED REASON */
    EVENT_OTHER,  /* anything else */
};

struct event {
    enum event_kind kind;
    int64_t value;      /* LOW_NS */
    int64_t count;      /* ALIVE, FINISHED, STARTED or COUNT */
    const char *reason; /* of failed, may be empty; points into the line */
};

/* Parses one line, without its newline. */
struct event event_parse(const char *line);

/* Gathers bytes into lines. A line that does not fit is cut; tabs become blanks, other control characters and bytes
   that are not UTF-8 '?', so that a line can stand in a message and in a recording. */
struct event_lines {
    char line[512];
    size_t length;
    bool overlong;
};

/* Takes one byte; true if it ends a line, which is then in lines->line until the next call. */
bool event_lines_take(struct event_lines *lines, char byte);

#endif
