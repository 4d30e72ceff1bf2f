/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The date that a figure bears: not when it was drawn, so that the same recording gives the same bytes. */
#ifndef TASKWEIGHT_PLOT_DATE_H
#define TASKWEIGHT_PLOT_DATE_H

#include "analyze/recording.h"

#include <time.h>

#define DATE_UNKNOWN ((time_t)-1)

/* What SOURCE_DATE_EPOCH says (https://reproducible-builds.org/specs/source-date-epoch/) or, where that is not set, the
   end of the latest of the recordings, as their sidecars have it; DATE_UNKNOWN without any. Returns -1 and an error
   where SOURCE_DATE_EPOCH is no date. */
int date_of(const struct recording_file *file, size_t files, time_t *date, struct error *error);

#endif
