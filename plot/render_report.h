/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a report as pages of a PDF. */
#ifndef TASKWEIGHT_PLOT_RENDER_REPORT_H
#define TASKWEIGHT_PLOT_RENDER_REPORT_H

#include "plot/report.h"
#include "plot/surface.h"

#define RENDER_PAPERS(PAPER)                                                                                           \
    PAPER(A4, a4, 210, 297)                                                                                            \
    PAPER(LETTER, letter, 215.9, 279.4)

#define RENDER_PAPER_ENUMERATOR(upper, ...) RENDER_##upper,
enum render_paper { RENDER_PAPERS(RENDER_PAPER_ENUMERATOR) RENDER_PAPER_COUNT };
#undef RENDER_PAPER_ENUMERATOR

extern const char *const render_paper_names[RENDER_PAPER_COUNT];
extern const struct chart_size render_paper_sizes[RENDER_PAPER_COUNT];

/* Around a page. */
#define RENDER_MARGIN_MM 18.0

/* Draws the report over as many pages as it takes, of the surface's size; the surface is a PDF. */
int render_report(const struct report *report, struct surface *surface, struct error *error);

#endif
