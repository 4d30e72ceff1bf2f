/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cairo's surfaces behind one table. They write through our own stream, which keeps the reason of an error; a file is
   made only when all of it is there. */
#include "plot/surface.h"

#include "collect/replace.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cairo's PDF surface may forget that a write failed, so it is kept here. */
static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned int length)
{
    struct surface *surface = context;

    if (surface->reason == 0 && fwrite(bytes, 1, length, surface->stream) != length)
        surface->reason = errno;
    return surface->reason == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* --- what an SVG says to those who do not see it
   ---------------------------------------------------------------------- */

static void write_escaped(FILE *stream, const char *text)
{
    for (; *text; text++)
        if (*text == '&' || *text == '<' || *text == '>')
            fputs(*text == '&' ? "&amp;" : *text == '<' ? "&lt;" : "&gt;", stream);
        else
            putc(*text, stream);
}

/* Cairo writes neither a role nor a title: they go into and behind its svg element, which is in the head. */
static void write_named(struct surface *surface, const char *element, const char *end)
{
    fprintf(surface->stream, "%.*srole=\"img\" aria-labelledby=\"title description\" %.*s\n<title id=\"title\">",
            (int)(element - surface->head), surface->head, (int)(end - element), element);
    write_escaped(surface->stream, surface->request.title);
    fputs("</title>\n<desc id=\"description\">", surface->stream);
    write_escaped(surface->stream, surface->request.description ? surface->request.description : "");
    fprintf(surface->stream, "</desc>%s", end);
}

static void write_head(struct surface *surface)
{
    static const char name[] = "<svg ";
    char *element = strstr(surface->head, name), *end = element ? strchr(element, '>') : NULL;

    if (!end && surface->head_length < SURFACE_HEAD_SIZE - 1)
        return;
    surface->is_named = true;
    if (end && surface->request.title)
        write_named(surface, element + strlen(name), end + 1);
    else
        fputs(surface->head, surface->stream);
    if (surface->reason == 0 && ferror(surface->stream))
        surface->reason = errno;
}

static cairo_status_t write_svg(void *context, const unsigned char *bytes, unsigned int length)
{
    struct surface *surface = context;

    for (; length > 0 && !surface->is_named; bytes++, length--) {
        surface->head[surface->head_length++] = (char)*bytes;
        if (*bytes == '>' || surface->head_length == SURFACE_HEAD_SIZE - 1)
            write_head(surface);
    }
    return write_bytes(surface, bytes, length);
}

/* --- formats ------------------------------------------------------------------------------------------------------ */

static cairo_surface_t *create_png(struct surface *surface)
{
    const struct surface_request *request = &surface->request;
    double scale = request->dpi / SURFACE_POINTS_PER_INCH;
    int width = (int)lround(request->width_mm * SURFACE_POINTS_PER_MM * scale);
    int height = (int)lround(request->height_mm * SURFACE_POINTS_PER_MM * scale);
    cairo_surface_t *cairo = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);

    cairo_surface_set_device_scale(cairo, scale, scale);
    return cairo;
}

static cairo_status_t finish_png(struct surface *surface)
{
    return cairo_surface_write_to_png_stream(cairo_get_target(surface->cairo), write_bytes, surface);
}

/* Without a date of ours Cairo would write the time of day, and no two files would be the same. */
static void set_date(cairo_surface_t *cairo, time_t date)
{
    char text[32] = "";
    struct tm parts;

    if (date != DATE_UNKNOWN && gmtime_r(&date, &parts))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    cairo_pdf_surface_set_metadata(cairo, CAIRO_PDF_METADATA_CREATE_DATE, text);
}

static cairo_surface_t *create_pdf(struct surface *surface)
{
    const struct surface_request *request = &surface->request;
    cairo_surface_t *cairo = cairo_pdf_surface_create_for_stream(
        write_bytes, surface, request->width_mm * SURFACE_POINTS_PER_MM, request->height_mm * SURFACE_POINTS_PER_MM);

    if (request->title)
        cairo_pdf_surface_set_metadata(cairo, CAIRO_PDF_METADATA_TITLE, request->title);
    if (request->description)
        cairo_pdf_surface_set_metadata(cairo, CAIRO_PDF_METADATA_SUBJECT, request->description);
    cairo_pdf_surface_set_metadata(cairo, CAIRO_PDF_METADATA_CREATOR, "taskweight");
    set_date(cairo, request->date);
    return cairo;
}

static cairo_surface_t *create_svg(struct surface *surface)
{
    return cairo_svg_surface_create_for_stream(write_svg, surface, surface->request.width_mm * SURFACE_POINTS_PER_MM,
                                               surface->request.height_mm * SURFACE_POINTS_PER_MM);
}

static cairo_status_t finish_vector(struct surface *surface)
{
    cairo_surface_finish(cairo_get_target(surface->cairo));
    return cairo_surface_status(cairo_get_target(surface->cairo));
}

static const struct format {
    cairo_surface_t *(*create)(struct surface *surface);
    cairo_status_t (*finish)(struct surface *surface);
} formats[SURFACE_FORMAT_COUNT] = {
    [SURFACE_PNG] = {create_png, finish_png},
    [SURFACE_PDF] = {create_pdf, finish_vector},
    [SURFACE_SVG] = {create_svg, finish_vector},
};

#define SURFACE_STRING(upper, lower) #lower,
const char *const surface_format_names[SURFACE_FORMAT_COUNT] = {SURFACE_FORMATS(SURFACE_STRING)};

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Cairo writes its last bytes when it is gone. */
static void close_stream(struct surface *surface)
{
    cairo_destroy(surface->cairo);
    if (surface->request.stream)
        return;
    if (fclose(surface->stream) != 0 && surface->reason == 0)
        surface->reason = errno;
}

static int tell_why(const struct surface *surface, cairo_status_t status, struct error *error)
{
    const char *reason = surface->reason ? strerror(surface->reason) : cairo_status_to_string(status);

    return error_set(error, "%s: cannot write: %s", surface->request.path, reason);
}

int surface_open(struct surface *surface, const struct surface_request *request, struct error *error)
{
    cairo_surface_t *cairo;
    cairo_status_t status;

    *surface = (struct surface){.request = *request};
    surface->stream = request->stream ? request->stream : open_memstream(&surface->bytes, &surface->length);
    if (!surface->stream)
        return error_set(error, "%s: out of memory", request->path);
    cairo = formats[request->format].create(surface);
    surface->cairo = cairo_create(cairo);
    cairo_surface_destroy(cairo);
    status = cairo_status(surface->cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        return 0;
    surface_discard(surface);
    return tell_why(surface, status, error);
}

/* An error of the context: not all was drawn; of the surface: not all was written. */
int surface_close(struct surface *surface, struct error *error)
{
    cairo_status_t status = cairo_status(surface->cairo);
    int result = 0;

    if (status == CAIRO_STATUS_SUCCESS)
        status = formats[surface->request.format].finish(surface);
    close_stream(surface);
    if (status != CAIRO_STATUS_SUCCESS || surface->reason != 0)
        result = tell_why(surface, status, error);
    else if (!surface->request.stream)
        result = replace_file(surface->request.path, surface->bytes, surface->length, error);
    free(surface->bytes);
    return result;
}

void surface_discard(struct surface *surface)
{
    close_stream(surface);
    free(surface->bytes);
}
