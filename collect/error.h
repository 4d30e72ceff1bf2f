/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How library functions report what went wrong. */
#ifndef TASKWEIGHT_COLLECT_ERROR_H
#define TASKWEIGHT_COLLECT_ERROR_H

/* One line, without the program's name and without a newline: "WHERE: what is wrong (what to do)". */
struct error {
    char text[1024];
};

/* Formats the line into *error and returns -1, so that a caller can `return error_set(...)`. */
int error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
