/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/option.h"

#include <string.h>

int option_list(const char *option, char *list, option_take *take, void *context, struct error *error)
{
    struct error refusal;
    char *part;

    while ((part = strsep(&list, ","))) {
        if (!*part)
            return error_set(error, "--%s: an empty part (write single commas between the parts)", option);
        if (take(part, context, &refusal) != 0)
            return error_set(error, "--%s: %s", option, refusal.text);
    }
    return 0;
}
