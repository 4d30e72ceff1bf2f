/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *command_expand(const char *command, const char *tasks, const char *seconds)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    if (!stream)
        return NULL;
    while (*command) {
        const char *value = strncmp(command, COMMAND_TASKS, strlen(COMMAND_TASKS)) == 0       ? tasks
                            : strncmp(command, COMMAND_SECONDS, strlen(COMMAND_SECONDS)) == 0 ? seconds
                                                                                              : NULL;

        if (value)
            fputs(value, stream);
        else
            putc(*command, stream);
        command += !value ? 1 : strlen(value == tasks ? COMMAND_TASKS : COMMAND_SECONDS);
    }
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}
