/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An option's value that is one of several names. */
#ifndef TASKWEIGHT_ANALYZE_NAME_H
#define TASKWEIGHT_ANALYZE_NAME_H

#include "collect/error.h"

#include <stddef.h>

/* Enough for any list of names. */
#define NAME_LIST_SIZE 512

/* "a, b or c". Returns text. */
const char *name_list(char text[NAME_LIST_SIZE], const char *const *names, size_t count);

/* The index of the text among the names; otherwise -1 and an error that says what (such as "fit") the text is not and
   lists the names. */
int name_find(const char *what, const char *text, const char *const *names, size_t count, struct error *error);

#endif
