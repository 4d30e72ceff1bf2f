/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats behind one table. They write to memory, so that a file is made only when all of it is there. */
#include "plot/surface.h"

#include "collect/replace.h"
#include "collect/text.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned int length)
{
    struct surface *surface = context;

    return fwrite(bytes, 1, length, surface->stream) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* --- formats ------------------------------------------------------------------------------------------------------ */

/* Begins to draw on a surface of Cairo's, which it takes. */
static cairo_status_t begin_cairo(struct surface *surface, cairo_surface_t *cairo)
{
    surface->canvas = canvas_cairo(cairo_create(cairo), surface->request.theme);
    cairo_surface_destroy(cairo);
    return cairo_status(surface->canvas.cairo);
}

static cairo_status_t begin_png(struct surface *surface)
{
    const struct surface_request *request = &surface->request;
    double scale = request->dpi / THEME_POINTS_PER_INCH;
    int width = (int)lround(request->width_mm * THEME_POINTS_PER_MM * scale);
    int height = (int)lround(request->height_mm * THEME_POINTS_PER_MM * scale);
    cairo_surface_t *cairo = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);

    cairo_surface_set_device_scale(cairo, scale, scale);
    return begin_cairo(surface, cairo);
}

/* An error of the context: not all was drawn; of the surface: not all was written. */
static cairo_status_t finish_png(struct surface *surface)
{
    cairo_status_t status = cairo_status(surface->canvas.cairo);

    return status == CAIRO_STATUS_SUCCESS
               ? cairo_surface_write_to_png_stream(cairo_get_target(surface->canvas.cairo), write_bytes, surface)
               : status;
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

/* A text may hold what a sidecar does, which may be any bytes; NULL for none. */
static void set_text(cairo_surface_t *cairo, cairo_pdf_metadata_t which, const char *text)
{
    char *valid = text ? strdup(text) : NULL;

    if (!valid)
        return;
    text_make_utf8(valid);
    cairo_pdf_surface_set_metadata(cairo, which, valid);
    free(valid);
}

static cairo_status_t begin_pdf(struct surface *surface)
{
    const struct surface_request *request = &surface->request;
    cairo_surface_t *cairo = cairo_pdf_surface_create_for_stream(
        write_bytes, surface, request->width_mm * THEME_POINTS_PER_MM, request->height_mm * THEME_POINTS_PER_MM);

    set_text(cairo, CAIRO_PDF_METADATA_TITLE, request->title);
    set_text(cairo, CAIRO_PDF_METADATA_SUBJECT, request->description);
    cairo_pdf_surface_set_metadata(cairo, CAIRO_PDF_METADATA_CREATOR, "taskweight");
    set_date(cairo, request->date);
    return begin_cairo(surface, cairo);
}

static cairo_status_t finish_pdf(struct surface *surface)
{
    cairo_status_t status = cairo_status(surface->canvas.cairo);

    cairo_surface_finish(cairo_get_target(surface->canvas.cairo));
    return status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(cairo_get_target(surface->canvas.cairo)) : status;
}

static const char *text_or_none(const char *text)
{
    return text ? text : "";
}

static cairo_status_t begin_svg(struct surface *surface)
{
    const struct surface_request *request = &surface->request;
    const struct canvas_svg_page page = {.width_mm = request->width_mm,
                                         .height_mm = request->height_mm,
                                         .title = text_or_none(request->title),
                                         .description = text_or_none(request->description),
                                         .theme = request->theme};

    canvas_svg_open(surface->stream, &page);
    surface->canvas = canvas_svg(surface->stream, request->theme);
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t finish_svg(struct surface *surface)
{
    canvas_svg_close(surface->stream);
    return CAIRO_STATUS_SUCCESS;
}

static const struct format {
    cairo_status_t (*begin)(struct surface *surface);
    cairo_status_t (*finish)(struct surface *surface);
} formats[SURFACE_FORMAT_COUNT] = {
    [SURFACE_PNG] = {begin_png, finish_png},
    [SURFACE_PDF] = {begin_pdf, finish_pdf},
    [SURFACE_SVG] = {begin_svg, finish_svg},
};

#define SURFACE_STRING(upper, lower) #lower,
const char *const surface_format_names[SURFACE_FORMAT_COUNT] = {SURFACE_FORMATS(SURFACE_STRING)};

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Cairo writes its last bytes when it is gone. Returns whether all are there. */
static bool close_memory(struct surface *surface)
{
    if (surface->canvas.cairo)
        cairo_destroy(surface->canvas.cairo);
    return fclose(surface->stream) == 0;
}

static int tell_status(const struct surface *surface, cairo_status_t status, struct error *error)
{
    return error_set(error, "%s: cannot write: %s", surface->request.path, cairo_status_to_string(status));
}

int surface_open(struct surface *surface, const struct surface_request *request, struct error *error)
{
    cairo_status_t status;

    *surface = (struct surface){.request = *request};
    surface->stream = open_memstream(&surface->bytes, &surface->length);
    if (!surface->stream)
        return error_set(error, "%s: out of memory", request->path);
    status = formats[request->format].begin(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return 0;
    surface_discard(surface);
    return tell_status(surface, status, error);
}

static int write_out(const struct surface *surface, struct error *error)
{
    const struct surface_request *request = &surface->request;

    if (!request->stream)
        return replace_file(request->path, surface->bytes, surface->length, error);
    if (fwrite(surface->bytes, 1, surface->length, request->stream) == surface->length && fflush(request->stream) == 0)
        return 0;
    return error_set(error, "%s: cannot write: %s", request->path, strerror(errno));
}

int surface_close(struct surface *surface, struct error *error)
{
    cairo_status_t status = formats[surface->request.format].finish(surface);
    int result;

    if (!close_memory(surface) && status == CAIRO_STATUS_SUCCESS)
        status = CAIRO_STATUS_NO_MEMORY;
    result = status == CAIRO_STATUS_SUCCESS ? write_out(surface, error) : tell_status(surface, status, error);
    free(surface->bytes);
    return result;
}

void surface_discard(struct surface *surface)
{
    close_memory(surface);
    free(surface->bytes);
}
