/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that can be drawn on: PNG and PDF by Cairo, SVG by a writer of our own. */
#ifndef TASKWEIGHT_PLOT_SURFACE_H
#define TASKWEIGHT_PLOT_SURFACE_H

#include "collect/error.h"
#include "plot/canvas.h"
#include "plot/date.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* The names are the files' endings as well. */
#define SURFACE_FORMATS(FORMAT)                                                                                        \
    FORMAT(PNG, png)                                                                                                   \
    FORMAT(PDF, pdf)                                                                                                   \
    FORMAT(SVG, svg)

#define SURFACE_ENUMERATOR(upper, lower) SURFACE_##upper,
enum surface_format { SURFACE_FORMATS(SURFACE_ENUMERATOR) SURFACE_FORMAT_COUNT };
#undef SURFACE_ENUMERATOR

extern const char *const surface_format_names[SURFACE_FORMAT_COUNT];

struct surface_request {
    const char *path; /* borrowed until the surface is closed */
    FILE *stream;     /* NULL: the file of that path; otherwise written to at the end instead, and left open */
    enum surface_format format;
    const struct theme *theme;
    double width_mm, height_mm;
    double dpi;                      /* dots per inch of a PNG */
    const char *title, *description; /* for readers of a PDF or SVG, also screen readers; NULL for none */
    time_t date;                     /* creation date of a PDF; or DATE_UNKNOWN */
};

struct surface {
    struct canvas canvas; /* to draw on */
    struct surface_request request;
    FILE *stream; /* writes to `bytes`, until all is there */
    char *bytes;
    size_t length;
};

/* On an error there is nothing to close. An open surface must not be moved. */
int surface_open(struct surface *surface, const struct surface_request *request, struct error *error);

/* Makes the file, replacing one that is there. Where not all could be written, that one stays as it was. Returns -1 and
   an error. */
int surface_close(struct surface *surface, struct error *error);

/* Instead of closing: makes no file. */
void surface_discard(struct surface *surface);

#endif
