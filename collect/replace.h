/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes whole files: one that was there before is replaced at once, or stays as it was. */
#ifndef TASKWEIGHT_COLLECT_REPLACE_H
#define TASKWEIGHT_COLLECT_REPLACE_H

#include "collect/error.h"

#include <stddef.h>

/* Writes the bytes beside the file of that path and renames, so that neither an error, a full disk nor a signal leaves
   a part of a file; of a symbolic link the target is replaced. What is no regular file (a device, a pipe), an open file
   as /dev/stdout, and a file in a directory that lets no other be made are written to as they are. Returns -1 and an
   error "path: ...". */
int replace_file(const char *path, const char *bytes, size_t length, struct error *error);

/* The same for a file that must not be there yet: if it is, it stays as it is, and that is an error. */
int replace_nothing(const char *path, const char *bytes, size_t length, struct error *error);

#endif
