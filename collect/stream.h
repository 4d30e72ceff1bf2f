/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and directories below an open directory, as streams to read. The caller closes them; NULL and errno where there
   is none. */
#ifndef TASKWEIGHT_COLLECT_STREAM_H
#define TASKWEIGHT_COLLECT_STREAM_H

#include <dirent.h>
#include <stdio.h>

FILE *stream_open(int directory, const char *path);

DIR *stream_open_directory(int directory, const char *path);

#endif
