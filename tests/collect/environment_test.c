/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts about machine and environment. The processor is tested on fixtures/cpuinfo: in each directory a cpuinfo as
   that architecture's kernel writes it, shortened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void processor_is_told_on_every_architecture(void **state)
{
    static const struct {
        const char *directory, *processor;
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

        snprintf(path, sizeof path, "tests/collect/fixtures/cpuinfo/%s", cases[i].directory);
        proc = open(path, O_RDONLY | O_DIRECTORY);
        assert_true(proc >= 0);
        assert_true(environment_processor(proc, text));
        assert_string_equal(text, cases[i].processor);
        close(proc);
    }
}

/* A cpuinfo without a processor, and no cpuinfo. */
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

static const char *text_at(json_object *object, const char *key)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, key, &value);
    return json_object_get_string(value);
}

/* Names that are not in the table may be secrets, even if they look like one that is. */
static void variables_that_steer_are_told_and_no_others(void **state)
{
    static const char *const told[] = {
        "GOGC",         "JAVA_TOOL_OPTIONS", "DOTNET_gcServer", "COMPlus_GCHeapHardLimit",
        "PYTHONMALLOC", "MALLOC_ARENA_MAX",  "LD_LIBRARY_PATH", "GLIBC_TUNABLES"};
    static const char *const kept[] = {"GOGC_TOKEN", "MY_GOGC",      "GOG",  "DOTNET_",
                                       "MALLOC",     "PYTHON_TOKEN", "PATH", "AWS_SECRET_ACCESS_KEY"};
    json_object *object;

    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        setenv(told[i], "a=b, \"c\"", 1);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        setenv(kept[i], "stays out", 1);
    object = environment_steering();
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_string_equal(text_at(object, told[i]), "a=b, \"c\"");
    assert_null(strstr(json_object_to_json_string(object), "stays out"));
    json_object_put(object);
}

static void what_children_inherit_is_told(void **state)
{
    struct rlimit limit;
    cpu_set_t set;
    char processor[16];
    int first = 0, nice_value = getpriority(PRIO_PROCESS, 0);
    json_object *object;

    (void)state;
    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = 4 << 20;
    setrlimit(RLIMIT_STACK, &limit);
    getrlimit(RLIMIT_STACK, &limit); /* qemu-user keeps its own */
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    while (!CPU_ISSET(first, &set))
        first++;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    assert_int_equal(sched_setaffinity(0, sizeof set, &set), 0);
    assert_int_equal(setpriority(PRIO_PROCESS, 0, nice_value + 1), 0);
    object = environment_steering();
    snprintf(processor, sizeof processor, "%d", first);
    assert_int_equal(atoll(text_at(object, "stack_limit_bytes")), limit.rlim_cur);
    assert_string_equal(text_at(object, "processors"), processor);
    assert_int_equal(atoi(text_at(object, "nice")), getpriority(PRIO_PROCESS, 0));
    assert_string_equal(text_at(object, "scheduling"), "other");
    json_object_put(object);
}

static void processors_are_listed_as_the_kernel_does(void **state)
{
    static const struct {
        int processor[5];
        const char *text;
    } cases[] = {
        {{0, -1}, "0"},
        {{0, 1, -1}, "0-1"},
        {{2, 3, 4, 8, -1}, "2-4,8"},
        {{0, 2, CPU_SETSIZE - 2, CPU_SETSIZE - 1, -1}, "0,2,1022-1023"},
        {{-1}, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t length;
        FILE *stream = open_memstream(&text, &length);
        cpu_set_t set;

        CPU_ZERO(&set);
        for (const int *processor = cases[i].processor; *processor >= 0; processor++)
            CPU_SET((size_t)*processor, &set);
        environment_write_processors(&set, sizeof set, stream);
        fclose(stream);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processor_is_told_on_every_architecture),
        cmocka_unit_test(processor_that_is_not_told_is_left_out),
        cmocka_unit_test(variables_that_steer_are_told_and_no_others),
        cmocka_unit_test(what_children_inherit_is_told),
        cmocka_unit_test(processors_are_listed_as_the_kernel_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
