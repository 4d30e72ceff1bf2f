/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/option.h"

#include <string.h>

void option_list(const char *option, char *list, option_take *take, void *context, const struct argp_state *state)
{
    struct error error;
    char *part;

    while ((part = strsep(&list, ","))) {
        if (!*part)
            argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: an empty part (write single commas between the parts)",
                         option);
        if (take(part, context, &error) != 0)
            argp_failure(state, OPTION_EXIT_USAGE, 0, "--%s: %s", option, error.text);
    }
}
