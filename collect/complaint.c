/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By how runtimes report what ended a program. A trace may stand behind the message (Ruby, Lua, Tcl, Java, OCaml, Go)
   or before it (Python, Node.js); a script's last line tells why it gave up. */
#include "collect/complaint.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static bool starts_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Whether the word stands there, whatever its case and whatever it is joined to at its left: "NoMethodError)" is an
   error, but "0 errors" are none. */
static bool has_word(const char *text, const char *word)
{
    for (const char *found = strcasestr(text, word); found; found = strcasestr(found + 1, word))
        if (!isalpha((unsigned char)found[strlen(word)]))
            return true;
    return false;
}

static bool mentions_an_error(const char *text)
{
    static const char *const words[] = {"error", "exception", "panic",  "fatal",     "failed",
                                        "can't", "cannot",    "unable", "could not", "couldn't"};

    for (size_t i = 0; i < LENGTH(words); i++)
        if (has_word(text, words[i]))
            return true;
    return false;
}

/* "ValueError: message", "java.lang.OutOfMemoryError", and the message of what C++ threw. */
static bool is_an_error(const char *text)
{
    static const char *const endings[] = {"Error", "Exception"};
    size_t name = 0;

    if (starts_with(text, "what():"))
        return true;
    while (isalnum((unsigned char)text[name]) || (text[name] && strchr("_.$", text[name])))
        name++;
    if (text[name] != '\0' && text[name] != ':')
        return false;
    for (size_t i = 0; i < LENGTH(endings); i++)
        if (name >= strlen(endings[i]) && starts_with(text + name - strlen(endings[i]), endings[i]))
            return true;
    return false;
}

/* `line` with its indentation, `text` without. */
static bool is_of_a_trace(const char *line, const char *text)
{
    return line != text || text[strlen(text) - 1] == ':' || starts_with(text, "note:") || has_word(text, "aborted");
}

static enum complaint_weight weigh(const char *line, const char *text)
{
    if (is_an_error(text))
        return COMPLAINT_ERROR;
    if (is_of_a_trace(line, text))
        return COMPLAINT_TRACE;
    return mentions_an_error(text) ? COMPLAINT_MENTION : COMPLAINT_PLAIN;
}

void complaint_take(struct complaint *complaint, const char *line)
{
    const char *text = line + strspn(line, " ");
    enum complaint_weight weight;
    bool last_counts;

    if (!*text)
        return;
    weight = weigh(line, text);
    if (weight == COMPLAINT_TRACE && complaint->weight == COMPLAINT_PLAIN)
        complaint->weight = COMPLAINT_BEFORE_TRACE;
    last_counts = weight == COMPLAINT_TRACE || weight == COMPLAINT_PLAIN || weight == COMPLAINT_ERROR;
    if (weight < complaint->weight || (weight == complaint->weight && !last_counts))
        return;
    complaint->weight = weight;
    snprintf(complaint->line, sizeof complaint->line, "%s", text);
}
