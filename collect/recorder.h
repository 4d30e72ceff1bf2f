/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording as a file that only grows: whole runs, each in one write and synced. */
#ifndef TASKWEIGHT_COLLECT_RECORDER_H
#define TASKWEIGHT_COLLECT_RECORDER_H

#include "collect/error.h"
#include "collect/sample.h"
#include "collect/schedule.h"

#include <stdbool.h>

struct recorder {
    int descriptor;
    const char *path;            /* borrowed */
    struct sample_layout layout; /* of the file's rows, as its header has them */
    bool is_stream;              /* the descriptor is another's */
};

/* Instead of -1: the name is another recording's. */
#define RECORDER_TAKEN (-2)

/* Makes the file, which is empty as yet, and locks it. It may exist already if it is empty and nobody's: a sweep that
   was killed before its sidecar was written leaves such a file. Returns RECORDER_TAKEN and an error if it exists and is
   not, -1 and an error if it cannot be made. */
int recorder_create(struct recorder *recorder, const char *path, struct error *error);

/* Writes the header row. */
int recorder_begin(struct recorder *recorder, struct error *error);

/* Closes and removes a file that was created, and in which there is no run. */
void recorder_discard(struct recorder *recorder);

/* Writes the header row to a descriptor that collect did not open: the file is not locked, and a run that could not be
   written whole is not cut off. */
int recorder_stream(struct recorder *recorder, int descriptor, struct error *error);

/* Opens the file of an interrupted sweep, cuts it off behind its last whole run, and notes the runs in it as made. New
   rows get the file's own columns, which may be those of another version. If a row does not belong to the next run of
   the schedule, which must be new, returns -1 and an error that names its line; the file is then unchanged. */
int recorder_resume(struct recorder *recorder, const char *path, const char *host, struct schedule *schedule,
                    struct error *error);

/* Appends the rows of one run. If they do not all reach the disk, the file is cut back to its former length. */
int recorder_append(struct recorder *recorder, const struct sample *sample, size_t samples, struct error *error);

int recorder_close(struct recorder *recorder, struct error *error);

#endif
