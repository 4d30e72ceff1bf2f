/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract's line events, read with distrust: a model may print anything. */
#include "collect/event.h"

#include "collect/text.h"

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

/* The same for a number that may be negative. */
static const char *read_number(const char *text, int64_t *number)
{
    bool is_negative = *text == '-';
    const char *rest = read_count(text + is_negative, number);

    *number = is_negative ? -*number : *number;
    return rest;
}

struct event event_parse(const char *line)
{
    static const struct {
        const char *word;
        enum event_kind kind;
        bool has_value, has_count, has_reason;
    } forms[] = {
        {"idle", EVENT_IDLE, false, false, false}, {"ready", EVENT_READY, false, true, false},
        {"late", EVENT_LATE, true, true, false},   {"passed", EVENT_PASSED, false, true, false},
        {"done", EVENT_DONE, false, true, false},  {"failed", EVENT_FAILED, false, true, true},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct event event = {.kind = forms[i].kind, .reason = ""};
        const char *rest = behind(line, forms[i].word);

        if (rest && forms[i].has_value)
            rest = read_number(rest, &event.value);
        if (rest && forms[i].has_count)
            rest = read_count(rest, &event.count);
        if (!rest || (*rest && !forms[i].has_reason) || (event.kind == EVENT_LATE && event.count < 1))
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
        text_make_plain(lines->line);
        lines->length = 0;
        lines->overlong = false;
        return true;
    }
    lines->overlong = lines->overlong || lines->length == sizeof lines->line - 1;
    if (byte == '\0')
        byte = '?';
    if (byte == '\t')
        byte = ' ';
    if (!lines->overlong)
        lines->line[lines->length++] = byte;
    return false;
}
