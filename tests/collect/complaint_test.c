/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ended programs in several languages, by what their runtimes printed (shortened; tabs are blanks by then). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/complaint.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *printed, *kept;
} cases[] = {
    {"", ""},
    {"one\n\ntwo\n\n", "two"},
    {"starting\ncannot find my library\ngood bye\n", "cannot find my library"},
    {"sh: 1: foo: not found\n", "sh: 1: foo: not found"},
    /* Ruby 3.1 */
    {"a.rb:1:in `f': undefined method `foo' for main:Object (NoMethodError)\n\ndef f; foo(1); end; f\n       ^^^\n"
     "Did you mean?  for\n from a.rb:1:in `<main>'\n",
     "a.rb:1:in `f': undefined method `foo' for main:Object (NoMethodError)"},
    {"a.rb:9:in `resume': can't set a guard page: Cannot allocate memory (FiberError)\n from a.rb:9:in `each'\n",
     "a.rb:9:in `resume': can't set a guard page: Cannot allocate memory (FiberError)"},
    /* Perl 5.36 */
    {"Can't locate No/Such.pm in @INC (you may need to install the No::Such module) at a.pl line 1.\n"
     "BEGIN failed--compilation aborted at a.pl line 1.\n",
     "Can't locate No/Such.pm in @INC (you may need to install the No::Such module) at a.pl line 1."},
    {"Global symbol \"$x\" requires explicit package name at b.pl line 1.\n"
     "Execution of b.pl aborted due to compilation errors.\n",
     "Global symbol \"$x\" requires explicit package name at b.pl line 1."},
    /* Lua 5.4 */
    {"lua5.4: a.lua:1: attempt to call a nil value (global 'foo')\nstack traceback:\n a.lua:1: in local 'f'\n"
     " [C]: in ?\n",
     "lua5.4: a.lua:1: attempt to call a nil value (global 'foo')"},
    /* Tcl 8.6 */
    {"invalid command name \"foo\"\n    while executing\n\"foo 1 \"\n    (procedure \"f\" line 1)\n    invoked from "
     "within\n"
     "\"f\"\n    (file \"a.tcl\" line 1)\n",
     "invalid command name \"foo\""},
    /* Python 3.11 */
    {"Traceback (most recent call last):\n  File \"a.py\", line 2, in f\n    foo()\n    ^^^\n"
     "NameError: name 'foo' is not defined\n\nDuring handling of the above exception, another exception occurred:\n\n"
     "Traceback (most recent call last):\n  File \"a.py\", line 6, in <module>\nKeyError: 'no'\n",
     "KeyError: 'no'"},
    {"Task exception was never retrieved\nfuture: <Task finished name='Task-2' exception=ValueError('in a task')>\n"
     "Traceback (most recent call last):\n  File \"b.py\", line 3, in f\nValueError: in a task\n",
     "ValueError: in a task"},
    {"Traceback (most recent call last):\n  File \"c.py\", line 9, in <module>\nMemoryError\n", "MemoryError"},
    /* Node.js 20 */
    {"/tmp/a.js:1\nfunction f() { foo() }; f()\n               ^\n\nReferenceError: foo is not defined\n"
     "    at f (/tmp/a.js:1:16)\n    at node:internal/main/run_main_module:28:49\n\nNode.js v20.20.2\n",
     "ReferenceError: foo is not defined"},
    /* Java 17 */
    {"[0.9s][warning][os,thread] Failed to start thread \"Unknown thread\" with pthread_create (EAGAIN)\n"
     "Exception in thread \"main\" java.lang.OutOfMemoryError: unable to create native thread\n"
     " at java.base/java.lang.Thread.start0(Native Method)\n",
     "[0.9s][warning][os,thread] Failed to start thread \"Unknown thread\" with pthread_create (EAGAIN)"},
    {"Exception in thread \"main\" java.lang.IllegalStateException: state\n at A.main(A.java:1)\n"
     "Caused by: java.lang.ArrayIndexOutOfBoundsException: Index 2 out of bounds for length 1\n ... 11 more\n",
     "Exception in thread \"main\" java.lang.IllegalStateException: state"},
    /* Go 1.19 */
    {"panic: runtime error: index out of range [0] with length 0\n\ngoroutine 1 [running]:\nmain.main()\n"
     " /tmp/a.go:2 +0x18\nexit status 2\n",
     "panic: runtime error: index out of range [0] with length 0"},
    {"runtime: failed to create new OS thread (have 4 already; errno=11)\n"
     "runtime: may need to increase max user processes (ulimit -u)\nfatal error: newosproc\n",
     "runtime: failed to create new OS thread (have 4 already; errno=11)"},
    /* C++, Rust, OCaml, C#, Elixir */
    {"terminate called after throwing an instance of 'std::runtime_error'\n  what():  my words\n", "what():  my words"},
    {"terminate called after throwing an instance of 'int'\n", "terminate called after throwing an instance of 'int'"},
    {"thread 'main' panicked at src/main.rs:2:5:\nno room\nnote: run with `RUST_BACKTRACE=1` environment variable\n",
     "no room"},
    {"thread 'main' panicked at 'no room', src/main.rs:2:5\nnote: run with `RUST_BACKTRACE=1`\n",
     "thread 'main' panicked at 'no room', src/main.rs:2:5"},
    {"Fatal error: exception Failure(\"mine\")\nRaised at Stdlib.failwith in file \"stdlib.ml\", line 29\n"
     "Called from Dune__exe__A.f in file \"a.ml\", line 1\n",
     "Fatal error: exception Failure(\"mine\")"},
    {"Unhandled exception. System.OutOfMemoryException: Insufficient memory\n   at A.Main()\n",
     "Unhandled exception. System.OutOfMemoryException: Insufficient memory"},
    {"** (RuntimeError) no room\n    a.exs:1: (file)\n", "** (RuntimeError) no room"},
};

static void the_line_that_says_most_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct complaint complaint = {0};
        char printed[1024], *rest = printed, *line;

        snprintf(printed, sizeof printed, "%s", cases[i].printed);
        while ((line = strsep(&rest, "\n")))
            complaint_take(&complaint, line);
        assert_string_equal(complaint.line, cases[i].kept);
    }
}

static void a_long_line_is_cut(void **state)
{
    struct complaint complaint = {0};
    char line[2000];

    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    complaint_take(&complaint, line);
    assert_int_equal(strlen(complaint.line), sizeof complaint.line - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_that_says_most_is_kept),
        cmocka_unit_test(a_long_line_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
