/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analyze/texts.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

const char *texts_intern(struct texts *texts, const char *text)
{
    char *const *found = tfind(text, &texts->tree, texts_compare);
    char *copy;

    if (found)
        return *found;
    copy = strdup(text);
    if (!copy)
        return NULL;
    found = tsearch(copy, &texts->tree, texts_compare);
    if (found)
        return *found;
    free(copy);
    return NULL;
}

void texts_free(struct texts *texts)
{
    tdestroy(texts->tree, free);
    texts->tree = NULL;
}

int texts_compare(const void *a, const void *b)
{
    return a == b ? 0 : strcmp(a, b);
}
