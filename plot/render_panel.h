/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One panel for render: its axes, marks and labels. Lengths are in points. */
#ifndef TASKWEIGHT_PLOT_RENDER_PANEL_H
#define TASKWEIGHT_PLOT_RENDER_PANEL_H

#include "collect/error.h"
#include "plot/render_mark.h"

/* What stands around the box of a panel's axes. */
struct render_margins {
    double left, right, top, bottom;
};

/* One whose rows or y axis are those of the panel at its left has no names of them. */
struct render_panel {
    const struct figure_panel *panel;
    bool shares_left;
    double grid_width; /* of all panels beside each other, of which names may take a share */
};

/* The margins that the panel needs around its axes within the room. */
struct render_margins render_panel_margins(const struct render_pen *pen, const struct render_panel *whole,
                                           struct render_size room);

/* Draws the panel into the outer box, with the margins that it needs or larger ones. */
int render_panel_draw(const struct render_pen *pen, const struct render_panel *whole, const struct canvas_box *outer,
                      const struct render_margins *margins, struct error *error);

#endif
