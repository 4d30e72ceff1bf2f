/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collect/models/connection/recipe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the reading is. */
struct place {
    struct recipe *recipe;
    const char *path;
    int line; /* from 1; 0: the file as a whole */
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct place *place, const char *format, ...)
{
    char *fault = place->recipe->fault;
    size_t size = sizeof place->recipe->fault;
    int length = place->line ? snprintf(fault, size, "%.200s:%d: ", place->path, place->line)
                             : snprintf(fault, size, "%.200s: ", place->path);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(fault + length, size - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

/* --- bytes -------------------------------------------------------------------------------------------------------- */

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit ? strchr(digits, digit | ('a' - 'A')) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The byte that the escape behind the backslash stands for, or -1. Sets how many characters it has. */
static int escaped_byte(const char *escape, size_t *length)
{
    static const char letters[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
    const char *letter = *escape ? strchr(letters, *escape) : NULL;

    *length = 1;
    if (letter)
        return bytes[letter - letters];
    if (*escape != 'x' || hex_digit(escape[1]) < 0 || hex_digit(escape[2]) < 0)
        return -1;
    *length = 3;
    return hex_digit(escape[1]) * 16 + hex_digit(escape[2]);
}

/* Puts the bytes in the place of the text, which is no shorter. */
static bool take_bytes(struct recipe_bytes *bytes, const char *text, const struct place *place)
{
    bytes->at = malloc(strlen(text) + 1);
    if (!bytes->at)
        return refuse(place, "out of memory");
    while (*text) {
        size_t length = 1;
        int byte = (unsigned char)*text;

        if (*text == '\\') {
            byte = escaped_byte(++text, &length);
            if (byte < 0)
                return refuse(place, "\\%.3s is no escape (\\r \\n \\t \\0 \\\\ and \\xHH are)", text);
        }
        bytes->at[bytes->length++] = (char)byte;
        text += length;
    }
    return true;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static bool take_text(char **text, const char *value, const struct place *place)
{
    *text = strdup(value);
    return *text || refuse(place, "out of memory");
}

static bool add_line(char **text, const char *line, const struct place *place)
{
    char *longer = NULL;

    if (asprintf(&longer, "%s%s\n", *text ? *text : "", line) < 0)
        return refuse(place, "out of memory");
    free(*text);
    *text = longer;
    return true;
}

static bool take_value(struct recipe *recipe, const char *key, const char *value, const struct place *place)
{
    const struct {
        const char *key;
        char **text;
        struct recipe_bytes *bytes;
    } members[] = {
        {"summary", &recipe->summary, NULL}, {"version", &recipe->version, NULL}, {"package", &recipe->package, NULL},
        {"tls", &recipe->tls, NULL},         {"say", NULL, &recipe->say},         {"expect", NULL, &recipe->expect},
        {"until", NULL, &recipe->until},
    };

    if (strcmp(key, "server") == 0)
        return add_line(&recipe->server, value, place);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(key, members[i].key) != 0)
            continue;
        if (members[i].text ? *members[i].text != NULL : members[i].bytes->at != NULL)
            return refuse(place, "%s is there twice", key);
        return members[i].text ? take_text(members[i].text, value, place) : take_bytes(members[i].bytes, value, place);
    }
    return refuse(place, "'%.40s' is no key (summary, server, say, expect, until, tls, version and package are)", key);
}

/* Spaces behind a key, and between it and its text, do not count; those at the end of the text do. */
static bool take_line(struct recipe *recipe, char *line, const struct place *place)
{
    char *value = line + strcspn(line, " \t");

    line[strcspn(line, "\r\n")] = '\0';
    if (*line == '#' || line[strspn(line, " \t")] == '\0')
        return true;
    if (*value)
        *value++ = '\0';
    return take_value(recipe, line, value + strspn(value, " \t"), place);
}

static bool take_lines(struct recipe *recipe, FILE *file, struct place *place)
{
    char *line = NULL;
    size_t size = 0;
    bool is_good = true;

    while (is_good && getline(&line, &size, file) >= 0) {
        place->line++;
        is_good = take_line(recipe, line, place);
    }
    free(line);
    place->line = 0;
    return is_good;
}

static bool check(const struct recipe *recipe, const struct place *place)
{
    if (!recipe->server)
        return refuse(place, "has no line 'server COMMAND', which starts the server");
    if (!strstr(recipe->server, "$PORT") && !strstr(recipe->server, "${PORT"))
        return refuse(place, "has no $PORT in its server, which has to listen at 127.0.0.1:$PORT");
    if (recipe->say.length == 0 && recipe->expect.length == 0)
        return refuse(place, "has neither 'say BYTES' nor 'expect BYTES': that a connection is alive is proven by one");
    if (recipe->until.length > 0 && recipe->expect.length == 0)
        return refuse(place, "has 'until', but no 'expect BYTES' for how the answer begins");
    return true;
}

static bool fill(struct recipe *recipe, const struct place *place)
{
    char **texts[] = {&recipe->summary, &recipe->tls, &recipe->version, &recipe->package};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!*texts[i] && !take_text(texts[i], "", place))
            return false;
    return true;
}

bool recipe_read(struct recipe *recipe, const char *path)
{
    struct place place = {.recipe = recipe, .path = path};
    FILE *file = fopen(path, "re");
    bool is_good;

    *recipe = (struct recipe){0};
    if (!file)
        return refuse(&place, "%s", strerror(errno));
    is_good = take_lines(recipe, file, &place) && check(recipe, &place) && fill(recipe, &place);
    fclose(file);
    return is_good;
}

void recipe_free(struct recipe *recipe)
{
    free(recipe->summary);
    free(recipe->server);
    free(recipe->tls);
    free(recipe->version);
    free(recipe->package);
    free(recipe->say.at);
    free(recipe->expect.at);
    free(recipe->until.at);
    *recipe = (struct recipe){0};
}

bool recipe_is_over_tls(const struct recipe *recipe, const char *parameter)
{
    return *recipe->tls && strcmp(recipe->tls, parameter) == 0;
}

bool recipe_takes(const struct recipe *recipe, const char *parameter)
{
    if (*recipe->tls)
        return recipe_is_over_tls(recipe, parameter);
    return strstr(recipe->server, "$PARAMETER") || strstr(recipe->server, "${PARAMETER");
}
