/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs that cost least, compared with trying all of them. */
#include "compare/assignment.h"
#include "run_suite.h"

#include <check.h>
#include <string.h>

#define N ASSIGNMENT_NEVER
#define SIDE_MAX 6

/* All answers tried: how many rows are left, what the rest costs, and the first such answer. */
struct best {
    const int32_t *cost;
    unsigned rows, columns;
    unsigned left;
    int64_t sum;
    int paired[SIDE_MAX];
};

static void try_row(struct best *best, unsigned row, int *paired, unsigned left, int64_t sum)
{
    if (left > best->left || (left == best->left && sum >= best->sum))
        return;
    if (row == best->rows) {
        best->left = left;
        best->sum = sum;
        memcpy(best->paired, paired, sizeof(best->paired));
        return;
    }
    for (unsigned column = 0; column < best->columns; column++) {
        int32_t cost = best->cost[row * best->columns + column];
        bool taken = cost == N;

        for (unsigned i = 0; i < row; i++)
            taken = taken || paired[i] == (int)column;
        if (taken)
            continue;
        paired[row] = (int)column;
        try_row(best, row + 1, paired, left, sum + cost);
    }
    paired[row] = -1;
    try_row(best, row + 1, paired, left + 1, sum);
}

/* Solves it, and compares the answer with the best one. */
static void check_best(const int32_t *cost, unsigned rows, unsigned columns)
{
    struct best best = { .cost = cost, .rows = rows, .columns = columns, .left = rows + 1 };
    int paired[SIDE_MAX], scratch[SIDE_MAX];
    unsigned left = 0, used = 0;
    int64_t sum = 0;

    try_row(&best, 0, scratch, 0, 0);
    ck_assert(assignment_solve(cost, rows, columns, paired, NULL));
    for (unsigned row = 0; row < rows; row++) {
        ck_assert_int_ge(paired[row], -1);
        ck_assert_int_lt(paired[row], (int)columns);
        if (paired[row] < 0) {
            left++;
            continue;
        }
        ck_assert_int_ne(cost[row * columns + (unsigned)paired[row]], N);
        ck_assert_uint_eq(used & 1u << paired[row], 0);
        used |= 1u << paired[row];
        sum += cost[row * columns + (unsigned)paired[row]];
    }
    ck_assert_uint_eq(left, best.left);
    ck_assert_int_eq(sum, best.sum);
    for (unsigned row = 0; row < rows && left == 0; row++)
        ck_assert_int_eq(paired[row], best.paired[row]);
}

START_TEST(test_least)
{
    /* Taking the cheapest pair first would cost 1 + 100. */
    const int32_t greedy[] = { 1, 2, 2, 100 };
    const int32_t wide[] = { 9, 2, 7, 8, 6, 4, 3, 7, 5, 8, 1, 8 };
    int paired[3];

    ck_assert(assignment_solve(greedy, 2, 2, paired, NULL));
    ck_assert_int_eq(paired[0], 1);
    ck_assert_int_eq(paired[1], 0);
    ck_assert(assignment_solve(wide, 3, 4, paired, NULL));
    ck_assert_int_eq(paired[0], 1);
    ck_assert_int_eq(paired[1], 0);
    ck_assert_int_eq(paired[2], 2);
    ck_assert(assignment_solve(NULL, 0, 0, paired, NULL));
}
END_TEST

/* Few different costs make many answers that cost the same. */
START_TEST(test_random)
{
    GRand *chance = g_rand_new_with_seed(5);
    int32_t cost[SIDE_MAX * SIDE_MAX];

    for (int round = 0; round < 4000; round++) {
        unsigned columns = (unsigned)g_rand_int_range(chance, 1, SIDE_MAX + 1);
        unsigned rows = (unsigned)g_rand_int_range(chance, 1, (gint32)columns + 1);
        int32_t most = g_rand_int_range(chance, 1, 6);
        bool never = round % 2;

        for (unsigned i = 0; i < rows * columns; i++)
            cost[i] = never && g_rand_int_range(chance, 0, 3) == 0
                          ? N
                          : g_rand_int_range(chance, 0, most);
        check_best(cost, rows, columns);
    }
    g_rand_free(chance);
}
END_TEST

START_TEST(test_large_costs)
{
    enum { SIDE = 300 };
    int32_t *cost = g_new(int32_t, SIDE * SIDE);
    int paired[SIDE];

    for (int i = 0; i < SIDE * SIDE; i++)
        cost[i] = INT32_MAX - 1 - (i / SIDE + i % SIDE == SIDE - 1);
    ck_assert(assignment_solve(cost, SIDE, SIDE, paired, NULL));
    for (int row = 0; row < SIDE; row++)
        ck_assert_int_eq(paired[row], SIDE - 1 - row);
    g_free(cost);
}
END_TEST

START_TEST(test_order)
{
    enum { ROWS = 150, COLUMNS = 250 };
    int32_t *cost = g_new(int32_t, ROWS * COLUMNS);
    int paired[ROWS];

    for (int i = 0; i < ROWS * COLUMNS; i++)
        cost[i] = 7;
    ck_assert(assignment_solve(cost, ROWS, COLUMNS, paired, NULL));
    for (int row = 0; row < ROWS; row++)
        ck_assert_int_eq(paired[row], row);
    g_free(cost);
}
END_TEST

START_TEST(test_no_way)
{
    const int32_t none[] = { N, N, N, N }, one[] = { N, 5, N, 3 };
    int paired[2];

    ck_assert(assignment_solve(none, 2, 2, paired, NULL));
    ck_assert_int_eq(paired[0], -1);
    ck_assert_int_eq(paired[1], -1);
    ck_assert(assignment_solve(one, 2, 2, paired, NULL));
    ck_assert_int_eq(paired[0], -1);
    ck_assert_int_eq(paired[1], 1);
}
END_TEST

START_TEST(test_stop)
{
    const int32_t cost[] = { 1, 2, 2, 100 };
    int paired[2];
    gint stop = 1;

    ck_assert(!assignment_solve(cost, 2, 2, paired, &stop));
    ck_assert_int_eq(paired[0], -1);
    ck_assert_int_eq(paired[1], -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("assignment");
    TCase *cases = tcase_create("assignment");

    tcase_add_test(cases, test_least);
    tcase_add_test(cases, test_random);
    tcase_add_test(cases, test_large_costs);
    tcase_add_test(cases, test_order);
    tcase_add_test(cases, test_no_way);
    tcase_add_test(cases, test_stop);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
