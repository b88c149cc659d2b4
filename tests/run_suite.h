/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What main() of a test ends with. */
#ifndef PORE_RUN_SUITE_H
#define PORE_RUN_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs SUITE, which it takes, as the environment says (CK_FORK, CK_RUN_CASE ...), and returns what
 * the program is to end with. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
