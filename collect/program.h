/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which program a file is, by its contents. */
#ifndef TASKWEIGHT_COLLECT_PROGRAM_H
#define TASKWEIGHT_COLLECT_PROGRAM_H

/* The SHA-256 of the file, in hexadecimal digits. A program that is a script may keep what it execs in lib/NAME/ beside
   it, as the models in other languages do: those files count, too, one after the other in the order of their names'
   bytes. The caller frees it; NULL if the file cannot be read or memory runs out. */
char *program_hash_file(const char *path);

/* The same for a text; the caller frees it. */
char *program_hash_text(const char *text);

#endif
