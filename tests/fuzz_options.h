/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the fuzz targets of options: an input is a command line, one word a line. Where argp would end the program it
   returns here instead: the linker wraps the functions that exit (see tests.mk). */
#ifndef TASKWEIGHT_TESTS_FUZZ_OPTIONS_H
#define TASKWEIGHT_TESTS_FUZZ_OPTIONS_H

#include <argp.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FUZZ_MOST_WORDS 64
#define FUZZ_MOST_BYTES 4096

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker and the sanitizer name them so */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
error_t __real_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input);
error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input);
void __wrap_argp_failure(const struct argp_state *state, int status, int number, const char *format, ...);
void __wrap_argp_error(const struct argp_state *state, const char *format, ...);

/* What argp has allocated when it is left by longjmp is lost. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static jmp_buf fuzz_refusal;

error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *end, void *input)
{
    error_t result =
        __real_argp_parse(argp, argc, argv, flags | ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP, end, input);

    if (result != 0)
        longjmp(fuzz_refusal, 1);
    return 0;
}

void __wrap_argp_failure(const struct argp_state *state, int status, int number, const char *format, ...)
{
    (void)state, (void)status, (void)number, (void)format;
    longjmp(fuzz_refusal, 1);
}

void __wrap_argp_error(const struct argp_state *state, const char *format, ...)
{
    (void)state, (void)format;
    longjmp(fuzz_refusal, 1);
}

/* NOLINTEND(bugprone-reserved-identifier) */

/* Splits the text into words, the program's name first. Returns their number, without the NULL at the end. */
static int fuzz_options_split(char *text, char *word[FUZZ_MOST_WORDS + 2])
{
    static char program[] = "program";
    int words = 0;

    word[words++] = program;
    while (text && *text && words <= FUZZ_MOST_WORDS)
        word[words++] = strsep(&text, "\n");
    word[words] = NULL;
    return words;
}

/* Calls `parse` with the words. Returns false if it refuses them. */
static bool fuzz_options_accept(const uint8_t *data, size_t size, void (*parse)(int argc, char **argv))
{
    static char text[FUZZ_MOST_BYTES + 1], *word[FUZZ_MOST_WORDS + 2];

    if (size > FUZZ_MOST_BYTES)
        return false;
    memcpy(text, data, size);
    text[size] = '\0';
    if (setjmp(fuzz_refusal) != 0)
        return false;
    parse(fuzz_options_split(text, word), word);
    return true;
}

#endif
