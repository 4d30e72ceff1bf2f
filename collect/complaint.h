/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of what a program printed on its stderr, the line that says most of why it failed. */
#ifndef TASKWEIGHT_COLLECT_COMPLAINT_H
#define TASKWEIGHT_COLLECT_COMPLAINT_H

/* How much a line says, ascending. */
enum complaint_weight {
    COMPLAINT_NONE,
    COMPLAINT_TRACE, /* part of a trace, or what only introduces or ends one */
    COMPLAINT_PLAIN,
    COMPLAINT_BEFORE_TRACE,
    COMPLAINT_MENTION, /* speaks of an error */
    COMPLAINT_ERROR,   /* is one's name and message */
};

/* All zero before the first line. */
struct complaint {
    char line[512]; /* without the blanks before it; "" if there was none */
    enum complaint_weight weight;
};

/* Takes the next line, in which tabs are blanks, and keeps it if it says more than those before. */
void complaint_take(struct complaint *complaint, const char *line);

#endif
