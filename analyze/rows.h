/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the rows of a CSV file (RFC 4180) field by field, and keeps none. The file may be compressed by gzip, begin
 * with a byte order mark or a line "sep=;", and have semicolons or tabs in the place of commas, as from a spreadsheet.
 */
#ifndef TASKWEIGHT_ANALYZE_ROWS_H
#define TASKWEIGHT_ANALYZE_ROWS_H

#include "collect/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ROWS_BYTE_ORDER_MARK "\xef\xbb\xbf"

struct rows;

/* The part of a file to read: the bytes from 0 to `head` (the header row) and from `begin` to `end`, and the rows
 * behind until the taker is done. `begin` and `end` are where rows begin. recording.c has a picture. */
struct rows_span {
    off_t head, begin, end;
};

/* A taker of rows has this as its first member. */
struct rows {
    /* Takes the next field of the row, `length` bytes and a NUL, valid during the call; `taker` is this struct. */
    void (*take_field)(void *field, size_t length, void *taker);
    /* Takes the end of a row that is not blank; `ended`: by a line break, which the last row lacks where a file was cut
     * off. May set `done`. */
    void (*take_row)(struct rows *rows, bool ended);
    size_t fields;       /* of the row so far; counted by take_field */
    size_t broken_lines; /* line breaks within the row's fields so far; counted by take_field */
    size_t line;         /* on which the row began; counted from 1 in the header, and again from `begin` */
    bool beyond;         /* rows now come from behind the span */
    bool done;           /* no more is wanted */
};

/* Reads the span of the file. `end` past the end of the file reads all; blanks around an unquoted field are dropped.
 * Returns -1 and an error "path: ..." or "path:line: ..." where the file cannot be read or is not CSV; all rows before
 * that have then been taken. */
int rows_read(struct rows *rows, const char *path, struct rows_span span, struct error *error);

/* The line of the file on which the row began. */
size_t rows_line(const struct rows *rows, const char *path, struct rows_span span);

/* Cuts the file into at most `most` spans of at least `least` bytes. Returns how many: 1 (all of it) where the file is
 * not regular or cannot be read, which rows_read then reports. */
size_t rows_cut(const char *path, struct rows_span *span, size_t most, off_t least);

#endif
