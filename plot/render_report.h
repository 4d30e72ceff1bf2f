/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a report as pages of a PDF. */
#ifndef TASKWEIGHT_PLOT_RENDER_REPORT_H
#define TASKWEIGHT_PLOT_RENDER_REPORT_H

#include "plot/report.h"
#include "plot/surface.h"
#include "plot/theme.h"

/* A4, and the width of figures between its margins. */
#define RENDER_REPORT_WIDTH_MM 210.0
#define RENDER_REPORT_HEIGHT_MM 297.0
#define RENDER_REPORT_FIGURE_MM 174.0

/* Draws the report over as many pages as it takes; the surface is a PDF of that size. */
int render_report(const struct report *report, const struct theme *theme, struct surface *surface, struct error *error);

#endif
