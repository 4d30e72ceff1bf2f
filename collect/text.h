/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that come from outside, such as names, reasons and what a recording holds: are they UTF-8, and how wide are
   they? By the C library, whatever locale the user has. */
#ifndef TASKWEIGHT_COLLECT_TEXT_H
#define TASKWEIGHT_COLLECT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Control characters that a text of several lines has. */
#define TEXT_BLANKS "\t\n\r"

/* Whether the text is UTF-8 without control characters other than those in `allowed`. */
bool text_is_plain(const char *text, const char *allowed);

/* Puts a question mark in the place of each byte that is not UTF-8. */
void text_make_utf8(char *text);

/* The same, and in the place of each byte of a control character, a line break among them: the text is one line. */
void text_make_plain(char *text);

/* How many columns of a terminal the first `bytes` bytes take: East Asian characters take two, combining ones none. */
size_t text_width(const char *text, size_t bytes);

/* What stands before the name at that place of a list of so many: nothing, a comma, or `last` (" or "). */
const char *text_separator(size_t place, size_t count, const char *last);

#endif
