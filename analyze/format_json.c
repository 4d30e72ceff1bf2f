/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one document with the table, its recordings and their machines. {"schema": "taskweight-analysis/1", "version":
   ..., "table": ..., "metric": ..., "fit": ..., "confidence": ..., "recordings": [{"path": ..., "sidecar": {...} or
   null}, ...], "rows": [{column: value, ...}, ...], "remarks": [...]} */
#include "analyze/format.h"

#include "collect/sidecar.h"
#include "collect/text.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "taskweight-analysis/1"

static json_object *number_new(const struct table *table, size_t row, size_t column)
{
    char text[TABLE_NUMBER_SIZE];

    return json_object_new_double_s(table_at(table, row, column)->number, table_format_value(text, table, row, column));
}

static json_object *row_new(const struct table *table, size_t row)
{
    json_object *object = json_object_new_object();

    for (size_t column = 0; column < table->columns; column++) {
        const struct table_column *described = &table->column[column];
        const struct table_value *value = table_at(table, row, column);
        json_object *member = NULL; /* null */

        if (!described->name)
            continue;
        if (described->unit == TABLE_TEXT)
            member = json_object_new_string(value->text);
        else if (table_knows(table, row, column))
            member = number_new(table, row, column);
        json_object_object_add(object, described->name, member);
    }
    return object;
}

static json_object *rows_new(const struct table *table)
{
    json_object *rows = json_object_new_array();

    for (size_t row = 0; row < table_rows(table); row++)
        json_object_array_add(rows, row_new(table, row));
    return rows;
}

/* A recording needs no sidecar. */
static json_object *recording_new(const char *path)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "path", json_object_new_string(path));
    json_object_object_add(object, "sidecar", sidecar_of(path));
    return object;
}

static json_object *recordings_new(const struct format_source *source)
{
    json_object *recordings = json_object_new_array();

    for (size_t i = 0; i < source->files; i++)
        json_object_array_add(recordings, recording_new(source->file[i].path));
    return recordings;
}

/* One string for each line of the remark. */
static json_object *remarks_new(const char *remark)
{
    json_object *lines = json_object_new_array();

    while (remark && *remark) {
        size_t length = strcspn(remark, "\n");

        json_object_array_add(lines, json_object_new_string_len(remark, (int)length));
        remark += length + (remark[length] == '\n');
    }
    return lines;
}

/* Paths and sidecars may hold any bytes, JSON may not. */
static int write_document(json_object *document, FILE *stream)
{
    const char *json =
        json_object_to_json_string_ext(document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    char *text = json ? strdup(json) : NULL;

    if (!text)
        return -1;
    text_make_utf8(text);
    fprintf(stream, "%s\n", text);
    free(text);
    return 0;
}

int format_json(const struct table *table, const struct format_source *source, const struct format_style *style,
                FILE *stream)
{
    json_object *document = json_object_new_object();
    char confidence[TABLE_NUMBER_SIZE];
    int result;

    (void)style;
    if (!document)
        return -1;
    json_object_object_add(document, "schema", json_object_new_string(SCHEMA));
    json_object_object_add(document, "version", json_object_new_string(source->version));
    json_object_object_add(document, "table", json_object_new_string(source->table));
    json_object_object_add(document, "metric", json_object_new_string(source->metric));
    json_object_object_add(document, "fit", json_object_new_string(source->fit));
    json_object_object_add(
        document, "confidence",
        json_object_new_double_s(source->confidence, table_format_number(confidence, source->confidence)));
    json_object_object_add(document, "recordings", recordings_new(source));
    json_object_object_add(document, "against", source->against ? recording_new(source->against) : NULL);
    json_object_object_add(document, "rows", rows_new(table));
    json_object_object_add(document, "remarks", remarks_new(table->remark));
    result = write_document(document, stream);
    json_object_put(document);
    return result;
}
