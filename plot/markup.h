/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for XML and HTML. */
#ifndef TASKWEIGHT_PLOT_MARKUP_H
#define TASKWEIGHT_PLOT_MARKUP_H

#include <stdio.h>

/* Writes text that stands for itself, also within an attribute's double quotes. Errors stay in the stream. */
void markup_write(const char *text, FILE *stream);

#endif
