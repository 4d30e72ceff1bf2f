/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/error.h"

#include "collect/text.h"

#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    text_make_plain(error->text); /* quoted texts may hold any bytes */
    return -1;
}
