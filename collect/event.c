/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract's line events, read with distrust: a model may print anything. */
#include "collect/event.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The text behind the word and its blank; NULL if the line's first word is another. */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(line, word, length) != 0)
        return NULL;
    if (line[length] == '\0')
        return line + length;
    return line[length] == ' ' ? line + length + 1 : NULL;
}

/* Reads a count of at least 0; returns what comes behind it and its blank, or NULL. */
static const char *read_count(const char *text, int64_t *count)
{
    char *end;

    if (!isdigit((unsigned char)*text))
        return NULL;
    errno = 0;
    *count = strtoll(text, &end, 10);
    if (errno || (*end && *end != ' '))
        return NULL;
    return *end ? end + 1 : end;
}

struct event event_parse(const char *line)
{
    static const struct {
        const char *word;
        enum event_kind kind;
        bool has_count, has_reason;
    } forms[] = {
        {"idle", EVENT_IDLE, false, false},
        {"ready", EVENT_READY, true, false},
        {"done", EVENT_DONE, true, false},
        {"failed", EVENT_FAILED, true, true},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct event event = {.kind = forms[i].kind, .reason = ""};
        const char *rest = behind(line, forms[i].word);

        if (rest && forms[i].has_count)
            rest = read_count(rest, &event.count);
        if (!rest || (*rest && !forms[i].has_reason))
            continue;
        event.reason = rest;
        return event;
    }
    return (struct event){.kind = EVENT_OTHER, .reason = ""};
}

bool event_lines_take(struct event_lines *lines, char byte)
{
    if (byte == '\n') {
        if (lines->length > 0 && lines->line[lines->length - 1] == '\r')
            lines->length--;
        lines->line[lines->length] = '\0';
        lines->length = 0;
        lines->overlong = false;
        return true;
    }
    /* A carriage return belongs to the end of a line only where nothing else follows. */
    if (lines->length > 0 && lines->line[lines->length - 1] == '\r')
        lines->line[lines->length - 1] = '?';
    lines->overlong = lines->overlong || lines->length == sizeof lines->line - 1;
    if (!lines->overlong)
        lines->line[lines->length++] = isprint((unsigned char)byte) || byte == '\r' ? byte : '?';
    return false;
}
