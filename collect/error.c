/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/error.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    /* Quoted texts may have line breaks or control bytes. */
    for (char *byte = error->text; *byte; byte++)
        if (iscntrl((unsigned char)*byte))
            *byte = '?';
    return -1;
}
