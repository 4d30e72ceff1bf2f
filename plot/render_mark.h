/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks for render: points, lines, bands, bars and whiskers. Lengths are in points. */
#ifndef TASKWEIGHT_PLOT_RENDER_MARK_H
#define TASKWEIGHT_PLOT_RENDER_MARK_H

#include "plot/render_text.h"

/* Where a value of a panel's axes falls in the box that they span. */
struct figure_point render_mark_place(const struct figure_panel *panel, const struct canvas_box *box,
                                      struct figure_point value);

/* Draws a marker at a place on the page, `scale` times its usual size. */
void render_marker_draw(const struct render_pen *pen, const struct figure_style *style, struct figure_point at,
                        double scale);

/* Draws the mark within the box. Lines and bands are cut off at its edges; markers and caps are scaled. */
void render_mark_draw(const struct render_pen *pen, const struct figure_panel *panel, const struct canvas_box *box,
                      const struct figure_mark *mark, double scale);

#endif
