/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures drawn: lays out the page and its panels and draws them in the colours of a theme. */
#ifndef TASKWEIGHT_PLOT_RENDER_H
#define TASKWEIGHT_PLOT_RENDER_H

#include "collect/error.h"
#include "plot/figure.h"
#include "plot/surface.h"
#include "plot/theme.h"

/* Draws the figure over the whole surface, which is to have the figure's size. Fails only where memory runs out or
   there is no font; whether all was drawn and written is known when the surface is closed. */
int render_figure(const struct figure *figure, const struct theme *theme, struct surface *surface, struct error *error);

#endif
