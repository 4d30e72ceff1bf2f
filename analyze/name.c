/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks names up; the error lists all, so that no help text has to. */
#include "analyze/name.h"

#include "collect/text.h"

#include <stdio.h>
#include <string.h>

const char *name_list(char text[NAME_LIST_SIZE], const char *const *names, size_t count)
{
    size_t length = 0;

    *text = '\0';
    for (size_t i = 0; i < count && length < NAME_LIST_SIZE; i++)
        length += (size_t)snprintf(text + length, NAME_LIST_SIZE - length, "%s%s", text_separator(i, count, " or "),
                                   names[i]);
    return text;
}

int name_find(const char *what, const char *text, const char *const *names, size_t count, struct error *error)
{
    char list[NAME_LIST_SIZE];

    for (size_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return (int)i;
    return error_set(error, "'%.60s' is no %s (choose %s)", text, what, name_list(list, names, count));
}
