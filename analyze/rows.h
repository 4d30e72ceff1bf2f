/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a CSV file (RFC 4180), field by field, as they are read: nothing of them is kept. */
#ifndef TASKWEIGHT_ANALYZE_ROWS_H
#define TASKWEIGHT_ANALYZE_ROWS_H

#include "collect/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rows;

/* The part of a file to read: the bytes from 0 to `head` (the header row) and from `begin` to `end`, and from there on
   until who takes the rows is done. Each begins a row. There is a picture in recording.c. */
struct rows_span {
    off_t head, begin, end;
};

/* Who takes the rows in embeds this as its first member. */
struct rows {
    /* Takes the next field of the row, `length` bytes and a NUL, valid during the call; `taker` is this struct. */
    void (*take_field)(void *field, size_t length, void *taker);
    /* Takes the end of a row, blank ones left out; `ended` by a line break: the last row of a file that was cut off is
       not. May set `done`. */
    void (*take_row)(struct rows *rows, bool ended);
    size_t fields;       /* of the row so far; counted by take_field */
    size_t broken_lines; /* line breaks within the row's fields so far; counted by take_field */
    size_t line;         /* on which the row began, from 1 in the header and again in a span that begins elsewhere */
    bool beyond;         /* the rows now come from behind the span */
    bool done;           /* no more is wanted */
};

/* Reads the span of the file. `end` past the end of the file reads all; blanks around a field that is not quoted are
   taken off it. Returns -1 and an error "path: ..." or "path:line: ..." where the file cannot be read or is not CSV;
   all rows before that have then been taken. */
int rows_read(struct rows *rows, const char *path, struct rows_span span, struct error *error);

/* The line of the file on which the row began. */
size_t rows_line(const struct rows *rows, const char *path, struct rows_span span);

/* Cuts the file into at most `most` spans of at least `least` bytes. Returns how many; 1 (all of it) for whatever is
   no regular file or cannot be read, which rows_read will say. */
size_t rows_cut(const char *path, struct rows_span *span, size_t most, off_t least);

#endif
