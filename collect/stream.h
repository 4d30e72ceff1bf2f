/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens files and directories below an open directory, to read them. The caller closes the stream; NULL and errno on
   failure. */
#ifndef TASKWEIGHT_COLLECT_STREAM_H
#define TASKWEIGHT_COLLECT_STREAM_H

#include <dirent.h>
#include <stdio.h>

FILE *stream_open(int directory, const char *path);

DIR *stream_open_directory(int directory, const char *path);

#endif
