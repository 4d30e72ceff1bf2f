/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws figures: lays out the page and its panels, in the colours of a theme. */
#ifndef TASKWEIGHT_PLOT_RENDER_H
#define TASKWEIGHT_PLOT_RENDER_H

#include "collect/error.h"
#include "plot/figure.h"
#include "plot/surface.h"
#include "plot/theme.h"

/* Draws the figure over the whole surface, which must have the figure's size. Fails only where memory runs out or there
 * is no font; surface_close says whether all was drawn and written. */
int render_figure(const struct figure *figure, const struct theme *theme, struct surface *surface, struct error *error);

#endif
