/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/markup.h"

void markup_write(const char *text, FILE *stream)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        default:
            putc(*text, stream);
        }
}
