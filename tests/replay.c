/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a fuzz target the files that are named, one after the other: what a fuzzer found, or its corpus, without the
 * fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LARGEST (1 << 20)

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        uint8_t *data = malloc(LARGEST);
        FILE *file = fopen(argv[i], "rb");

        if (!data || !file) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        LLVMFuzzerTestOneInput(data, fread(data, 1, LARGEST, file));
        fclose(file);
        free(data);
    }
    printf("1..1\nok 1 - %d inputs\n", argc - 1);
    return EXIT_SUCCESS;
}
