/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws figures: lays out the page and its panels, in the colours of a theme. */
#ifndef TASKWEIGHT_PLOT_RENDER_H
#define TASKWEIGHT_PLOT_RENDER_H

#include "collect/error.h"
#include "plot/canvas.h"
#include "plot/figure.h"

/* Draws the figure over the whole page, which must have the figure's size. Fails only where memory runs out or there is
 * no font. */
int render_figure(const struct figure *figure, struct canvas *canvas, struct error *error);

#endif
