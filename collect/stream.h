/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and folders below an open folder, as streams to read. The caller closes them; NULL and errno where there is
   none. */
#ifndef TASKWEIGHT_COLLECT_STREAM_H
#define TASKWEIGHT_COLLECT_STREAM_H

#include <dirent.h>
#include <stdio.h>

FILE *stream_open(int folder, const char *path);

DIR *stream_open_folder(int folder, const char *path);

#endif
