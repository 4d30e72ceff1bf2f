/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processor against fixtures/cpuinfo: in each folder a cpuinfo as that architecture's kernel writes it, shortened.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void processor_is_told_on_every_architecture(void **state)
{
    static const struct {
        const char *folder, *processor;
    } cases[] = {
        {"x86_64", "AMD EPYC 7763 64-Core Processor"},
        {"aarch64", "CPU implementer 0x41, CPU part 0xd0c, CPU variant 0x3, CPU revision 1"},
        {"aarch64-several-kinds", "CPU implementer 0x41, CPU part 0xd03, CPU variant 0x0, CPU revision 4; "
                                  "CPU implementer 0x41, CPU part 0xd09, CPU variant 0x0, CPU revision 12; "
                                  "CPU implementer 0x41, CPU part 0xd09, CPU variant 0x0, CPU revision 1"},
        {"arm", "ARMv7 Processor rev 4 (v7l)"},
        {"riscv64", "sifive,u74-mc"},
        {"riscv64-without-name", "mvendorid 0x5b7, marchid 0x0, mimpid 0x0"},
        {"s390x", "machine 8561"},
        {"ppc64le", "POWER9, altivec supported"},
        {"loongarch64", "Loongson-3A5000-HV"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128], text[ENVIRONMENT_PROCESSOR_SIZE];
        int proc;

        snprintf(path, sizeof path, "tests/collect/fixtures/cpuinfo/%s", cases[i].folder);
        proc = open(path, O_RDONLY | O_DIRECTORY);
        assert_true(proc >= 0);
        assert_true(environment_processor(proc, text));
        assert_string_equal(text, cases[i].processor);
        close(proc);
    }
}

/* A cpuinfo that tells none, and none at all. */
static void processor_that_is_not_told_is_left_out(void **state)
{
    static const char *const paths[] = {"tests/collect/fixtures/cpuinfo/nothing", "tests/collect/fixtures"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char text[ENVIRONMENT_PROCESSOR_SIZE];
        int proc = open(paths[i], O_RDONLY | O_DIRECTORY);

        assert_true(proc >= 0);
        assert_false(environment_processor(proc, text));
        close(proc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processor_is_told_on_every_architecture),
        cmocka_unit_test(processor_that_is_not_told_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
