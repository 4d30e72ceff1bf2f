/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target on the named files, such as its corpus, without a fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LARGEST (1 << 20)

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        static uint8_t read[LARGEST];
        FILE *file = fopen(argv[i], "rb");
        size_t size = file ? fread(read, 1, LARGEST, file) : 0;
        uint8_t *data = malloc(size > 0 ? size : 1); /* of exactly that size, so that sanitizers see reads beyond it */

        if (!file || !data) {
            perror(argv[i]);
            free(data);
            return EXIT_FAILURE;
        }
        LLVMFuzzerTestOneInput(memcpy(data, read, size), size);
        free(data);
        fclose(file);
    }
    printf("1..1\nok 1 - %d inputs\n", argc - 1);
    return EXIT_SUCCESS;
}
