/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcsv, fed block by block by zlib, which reads what is not compressed as it is. */
#include "analyze/rows.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK_BYTES 65536
#define MAX_FIELD_BYTES (1 << 20) /* a longer one is no recording's and would fill the memory */
#define SEPARATOR_LINE "sep="     /* what Excel begins a file with to tell what separates its fields */
#define GZIP_MARK "\x1f\x8b"
#define UTF_16_MARK "\xff\xfe"

struct feed {
    struct csv_parser parser;
    struct rows *rows;
    gzFile file;
    const char *fault; /* NULL: none so far */
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* libcsv reports each line break outside of fields, also those that end no row. */
static void take_line_break(int line_break, void *taker)
{
    struct rows *rows = taker;

    if (rows->fields > 0 && !rows->done) {
        rows->take_row(rows, line_break >= 0);
        rows->line += rows->broken_lines;
    }
    rows->fields = 0;
    rows->broken_lines = 0;
    rows->line += line_break == '\n';
}

static bool goes_on(const struct feed *feed)
{
    return !feed->fault && !feed->rows->done;
}

static void feed_bytes(struct feed *feed, const char *bytes, size_t length)
{
    struct csv_parser *parser = &feed->parser;

    if (csv_parse(parser, bytes, length, feed->rows->take_field, take_line_break, feed->rows) != length)
        feed->fault = csv_strerror(csv_error(parser));
    else if (csv_get_buffer_size(parser) > 2 * MAX_FIELD_BYTES)
        feed->fault = "a longer field than any recording has (is a quote missing?)";
}

static bool begins_with(const char *bytes, size_t length, const char *text)
{
    return length >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

/* Some editors begin a file with a byte order mark, which is not part of the first name. */
static size_t mark_length(const char *bytes, size_t length)
{
    return begins_with(bytes, length, ROWS_BYTE_ORDER_MARK) ? strlen(ROWS_BYTE_ORDER_MARK) : 0;
}

/* What separates the names of the header row: spreadsheets write semicolons or tabs where commas are decimal points. */
static char find_separator(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && bytes[i] != '\n'; i++)
        if (strchr(",;\t", bytes[i]) && bytes[i])
            return bytes[i];
    return ',';
}

/* Tells libcsv what separates fields. Returns how many bytes come before the header row. */
static size_t take_lead(struct feed *feed, const char *bytes, size_t length)
{
    size_t lead = mark_length(bytes, length), name = lead + strlen(SEPARATOR_LINE);

    if (begins_with(bytes, length, UTF_16_MARK))
        feed->fault = "UTF-16, a spreadsheet's \"Unicode text\" (save it as CSV in UTF-8)";
    if (begins_with(bytes + lead, length - lead, SEPARATOR_LINE) && name < length) {
        const char *end = memchr(bytes + name, '\n', length - name);

        csv_set_delim(&feed->parser, (unsigned char)bytes[name]);
        feed->rows->line++;
        return end ? (size_t)(end + 1 - bytes) : length;
    }
    csv_set_delim(&feed->parser, (unsigned char)find_separator(bytes + lead, length - lead));
    return lead;
}

/* Why no more can be read; NULL: the file ends. */
static const char *tell_fault(gzFile file)
{
    int number;

    gzerror(file, &number);
    if (number == Z_OK)
        return NULL;
    return number == Z_ERRNO ? strerror(errno) : "the compressed file is damaged or was cut off (see gzip -t)";
}

/* Feeds bytes until `position` = end. Returns whether the feed goes on: not at the end of the file. */
static bool feed_to(struct feed *feed, off_t *position, off_t end)
{
    char block[BLOCK_BYTES];

    while (goes_on(feed) && *position < end) {
        size_t most = end - *position < BLOCK_BYTES ? (size_t)(end - *position) : BLOCK_BYTES;
        int length = gzread(feed->file, block, (unsigned)most);
        size_t lead;

        if (length <= 0) {
            feed->fault = tell_fault(feed->file);
            return false;
        }
        lead = *position == 0 ? take_lead(feed, block, (size_t)length) : 0;
        if (!feed->fault)
            feed_bytes(feed, block + lead, (size_t)length - lead);
        *position += length;
    }
    return goes_on(feed);
}

static void feed_span(struct feed *feed, struct rows_span span)
{
    off_t position = 0;
    bool more = feed_to(feed, &position, span.head);

    if (more && span.begin != span.head) {
        position = gzseek(feed->file, span.begin, SEEK_SET);
        feed->rows->line = 1;
    }
    more = more && feed_to(feed, &position, span.end);
    feed->rows->beyond = true;
    if (more)
        feed_to(feed, &position, LONG_MAX);
    if (goes_on(feed) && csv_fini(&feed->parser, feed->rows->take_field, take_line_break, feed->rows) != 0)
        feed->fault = "a quoted field does not end (is a quote missing, or the file cut off?)";
}

size_t rows_line(const struct rows *rows, const char *path, struct rows_span span)
{
    char block[BLOCK_BYTES];
    size_t line = rows->line;
    off_t rest = span.begin == span.head ? 0 : span.begin;
    int file = rest > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    while (file >= 0 && rest > 0) {
        ssize_t length = read(file, block, rest < BLOCK_BYTES ? (size_t)rest : BLOCK_BYTES);

        if (length <= 0)
            break;
        for (ssize_t i = 0; i < length; i++)
            line += block[i] == '\n';
        rest -= length;
    }
    if (file >= 0)
        close(file);
    return line;
}

int rows_read(struct rows *rows, const char *path, struct rows_span span, struct error *error)
{
    struct feed feed = {.rows = rows, .file = gzopen(path, "re")};

    if (!feed.file)
        return error_set(error, "%s: %s", path, strerror(errno));
    rows->line = 1;
    rows->fields = rows->broken_lines = 0;
    csv_init(&feed.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL);
    csv_set_blk_size(&feed.parser, BLOCK_BYTES);
    feed_span(&feed, span);
    csv_free(&feed.parser);
    gzclose(feed.file);
    return feed.fault ? error_set(error, "%s:%zu: %s", path, rows_line(rows, path, span), feed.fault) : 0;
}

/* --- cutting ------------------------------------------------------------------------------------------------------ */

/* Finds where rows begin: behind a line break with an even number of quotes before it, since quotes come in pairs
   around fields and doubled within them. */
struct cut {
    off_t position; /* of the next byte */
    bool quoted;    /* it stands within quotes */
    off_t from;     /* where the search starts */
    off_t place;    /* the first row from `from` on; 0: not found yet */
};

static const char *nearer(const char *a, const char *b)
{
    return !a || (b && b < a) ? b : a;
}

/* Searches one block, or up to the row. Returns how many bytes it took. */
static size_t cut_go(struct cut *cut, const char *block, size_t length)
{
    const char *byte = block, *end = block + length;

    while (byte < end) {
        off_t position = cut->position + (byte - block);
        const char *quote = memchr(byte, '"', (size_t)(end - byte));
        const char *line_break = NULL;

        if (!cut->quoted && position + (end - byte) > cut->from) {
            const char *begin = position < cut->from ? byte + (cut->from - position) : byte;

            line_break = memchr(begin, '\n', (size_t)(end - begin));
        }
        if (!nearer(quote, line_break))
            return length;
        byte = nearer(quote, line_break) + 1;
        if (byte - 1 == line_break) {
            cut->place = cut->position + (byte - block);
            return (size_t)(byte - block);
        }
        cut->quoted = !cut->quoted;
    }
    return length;
}

/* The first row at `from` or behind; the file's size if there is none. */
static off_t cut_next(struct cut *cut, int file, off_t from, off_t size)
{
    char block[BLOCK_BYTES];

    cut->from = from;
    cut->place = 0;
    while (cut->place == 0) {
        ssize_t length = pread(file, block, sizeof block, cut->position);

        if (length <= 0)
            return size;
        cut->position += (off_t)cut_go(cut, block, (size_t)length);
    }
    return cut->place;
}

/* Whether the header row is the first line: behind other lines it would not be found. */
static bool begins_with_row(int file)
{
    char bytes[sizeof ROWS_BYTE_ORDER_MARK SEPARATOR_LINE];
    ssize_t length = pread(file, bytes, sizeof bytes, 0);
    size_t mark = length > 0 ? mark_length(bytes, (size_t)length) : 0;
    const char *first = bytes + mark;
    size_t rest = length > 0 ? (size_t)length - mark : 0;

    return rest > 0 && *first != '\n' && *first != '\r' && !begins_with(first, rest, SEPARATOR_LINE) &&
           !begins_with(first, rest, GZIP_MARK);
}

/* stat, not open: closing a pipe would tell its writer that the reader is gone. */
static bool is_regular(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The size of a file that can be cut, otherwise 0. */
static off_t cuttable_size(int file)
{
    struct stat status;

    return file >= 0 && fstat(file, &status) == 0 && begins_with_row(file) ? status.st_size : 0;
}

/* Into parts of at least `least` bytes. */
static size_t cut_file(int file, off_t size, struct rows_span *span, size_t most, off_t least)
{
    struct cut cut = {0};
    off_t head = cut_next(&cut, file, 0, size), begin = head;
    size_t spans = 0;

    if (least < (size - head) / (off_t)most)
        least = (size - head) / (off_t)most;
    while (begin < size) {
        bool is_last = size - begin < 2 * least || spans + 1 == most;
        off_t end = is_last ? size : cut_next(&cut, file, begin + least, size);

        span[spans++] = (struct rows_span){head, begin, end};
        begin = end;
    }
    return spans;
}

size_t rows_cut(const char *path, struct rows_span *span, size_t most, off_t least)
{
    int file = is_regular(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    off_t size = cuttable_size(file);
    size_t spans = size >= 2 * least && most > 1 ? cut_file(file, size, span, most, least) : 0;

    if (file >= 0)
        close(file);
    if (spans > 0)
        return spans;
    span[0] = (struct rows_span){0, 0, LONG_MAX};
    return 1;
}
