/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/assignment.h"

#include <string.h>

/* What a pair that must not be costs: more than all others together, so that it is taken only where
 * there is no way around, and small enough that many of them can be added up. */
#define FORBIDDEN ((int64_t)1 << 40)
#define FAR (INT64_MAX / 2)

#define NOBODY (-1)

/* The state of a solution. Each row and column has a price; a pair's cost is never below the sum of
 * their prices, and those that are paired now cost just that. A column that is not paired has the
 * price 0, none has a higher one. Then what is paired costs the least that it can. */
struct solution {
    const int32_t *cost;
    int rows, columns;
    int64_t *row_price, *column_price;
    int *row_of, *column_of; /* of each column its row, of each row its column; or NOBODY */
    /* While one more row is being paired: how far it is to each column, over which column, and
     * whether that is settled. */
    int64_t *distance;
    int *before;
    bool *settled;
    int *queue;
};

static void solution_new(struct solution *solution, const int32_t *cost, unsigned rows,
                         unsigned columns)
{
    *solution = (struct solution){
        .cost = cost, .rows = (int)rows, .columns = (int)columns,
        .row_price = g_new0(int64_t, rows), .column_price = g_new0(int64_t, columns),
        .row_of = g_new(int, columns), .column_of = g_new(int, rows),
        .distance = g_new(int64_t, columns), .before = g_new(int, columns),
        .settled = g_new(bool, columns), .queue = g_new(int, columns),
    };
    for (int column = 0; column < solution->columns; column++)
        solution->row_of[column] = NOBODY;
    for (int row = 0; row < solution->rows; row++)
        solution->column_of[row] = NOBODY;
}

static void solution_free(struct solution *solution)
{
    g_free(solution->row_price);
    g_free(solution->column_price);
    g_free(solution->row_of);
    g_free(solution->column_of);
    g_free(solution->distance);
    g_free(solution->before);
    g_free(solution->settled);
    g_free(solution->queue);
}

static bool is_forbidden(const struct solution *solution, int row, int column)
{
    return solution->cost[(size_t)row * (size_t)solution->columns + (size_t)column] ==
           ASSIGNMENT_NEVER;
}

/* What the pair costs above its prices: 0 for one that could be in an answer. */
static int64_t reduced(const struct solution *solution, int row, int column)
{
    int32_t cost = solution->cost[(size_t)row * (size_t)solution->columns + (size_t)column];

    return (cost == ASSIGNMENT_NEVER ? FORBIDDEN : cost) - solution->row_price[row] -
           solution->column_price[column];
}

/* --- pairing one more row ---------------------------------------------------------- */

/* Looks from ROW, which lies LENGTH away and is that of the column BEFORE, at all columns that are not
 * settled; returns the nearest of them. */
static int look_around(struct solution *solution, int row, int before, int64_t length)
{
    int nearest = NOBODY;

    for (int column = 0; column < solution->columns; column++) {
        int64_t distance;

        if (solution->settled[column])
            continue;
        distance = length + reduced(solution, row, column);
        if (distance < solution->distance[column]) {
            solution->distance[column] = distance;
            solution->before[column] = before;
        }
        if (nearest == NOBODY || solution->distance[column] < solution->distance[nearest])
            nearest = column;
    }
    return nearest;
}

/* Finds the shortest way from ROW to a column that nobody has; settled are those nearer than it. */
static int find_free(struct solution *solution, int row)
{
    int column = NOBODY, at = row;
    int64_t length = 0;

    for (int i = 0; i < solution->columns; i++) {
        solution->distance[i] = FAR;
        solution->settled[i] = false;
    }
    for (;;) {
        column = look_around(solution, at, column, length);
        if (solution->row_of[column] == NOBODY)
            return column;
        solution->settled[column] = true;
        length = solution->distance[column];
        at = solution->row_of[column];
    }
}

/* Hands columns on along the way that led to COLUMN, so that ROW has one too. */
static void hand_on(struct solution *solution, int row, int column)
{
    while (column != NOBODY) {
        int before = solution->before[column];

        solution->row_of[column] = before == NOBODY ? row : solution->row_of[before];
        solution->column_of[solution->row_of[column]] = column;
        column = before;
    }
}

static void pair_row(struct solution *solution, int row)
{
    int free_column = find_free(solution, row);
    int64_t length = solution->distance[free_column];

    for (int column = 0; column < solution->columns; column++) {
        if (solution->settled[column]) {
            solution->row_price[solution->row_of[column]] += length - solution->distance[column];
            solution->column_price[column] -= length - solution->distance[column];
        }
    }
    solution->row_price[row] += length;
    hand_on(solution, row, free_column);
}

/* --- the first of several answers ---------------------------------------------------- */

/* Settles all columns that can be handed on to one in the queue from FIRST up to *LAST, directly or by
 * others: without anything becoming dearer, and without taking anything from the rows up to ROW. */
static void settle_exchanges(struct solution *solution, int row, int first, int *last)
{
    for (; first < *last; first++) {
        int wanted = solution->queue[first];

        for (int other = row + 1; other < solution->rows; other++) {
            int column = solution->column_of[other];

            if (!solution->settled[column] && reduced(solution, other, wanted) == 0) {
                solution->settled[column] = true;
                solution->before[column] = wanted;
                solution->queue[(*last)++] = column;
            }
        }
    }
}

/* Finds the columns that ROW could have instead of its own: settled are those from which columns can
 * be handed on until somebody takes ROW's, or a free one. The latter if another one, which is the
 * answer, can be free instead; else the answer is NOBODY. */
static int find_exchanges(struct solution *solution, int row)
{
    int last = 0, free_instead = NOBODY;

    memset(solution->settled, 0, (size_t)solution->columns * sizeof(*solution->settled));
    solution->queue[last++] = solution->column_of[row];
    solution->settled[solution->column_of[row]] = true;
    settle_exchanges(solution, row, 0, &last);
    for (int i = 0; i < last && free_instead == NOBODY; i++)
        if (solution->column_price[solution->queue[i]] == 0)
            free_instead = solution->queue[i];
    if (free_instead != NOBODY) {
        int first = last;

        for (int column = 0; column < solution->columns; column++) {
            if (solution->row_of[column] == NOBODY) {
                solution->settled[column] = true;
                solution->queue[last++] = column;
            }
        }
        settle_exchanges(solution, row, first, &last);
    }
    return free_instead;
}

/* The first settled column that ROW can have, or its own. */
static int first_column(const struct solution *solution, int row)
{
    int own = solution->column_of[row];
    int end = is_forbidden(solution, row, own) ? solution->columns : own;

    for (int column = 0; column < end; column++)
        if (solution->settled[column] && reduced(solution, row, column) == 0 &&
            !is_forbidden(solution, row, column))
            return column;
    return own;
}

/* ROW takes COLUMN, who had it takes what it can be exchanged for, until nobody is without one.
 * Returns the last column that was taken. */
static int take(struct solution *solution, int row, int column)
{
    for (;;) {
        int displaced = solution->row_of[column];

        solution->row_of[column] = row;
        solution->column_of[row] = column;
        if (displaced == NOBODY)
            return column;
        row = displaced;
        column = solution->before[column];
    }
}

/* Gives ROW the first column that it can have. */
static void prefer_first(struct solution *solution, int row)
{
    int own = solution->column_of[row], free_instead = find_exchanges(solution, row);
    int column = first_column(solution, row);

    if (column == own)
        return;
    solution->row_of[own] = NOBODY;
    if (take(solution, row, column) != own && free_instead != own) {
        int owner = solution->row_of[free_instead];

        solution->row_of[free_instead] = NOBODY;
        take(solution, owner, solution->before[free_instead]);
    }
}

static bool is_stopped(gint *stop)
{
    return stop && g_atomic_int_get(stop);
}

bool assignment_solve(const int32_t *cost, unsigned rows, unsigned columns, int *paired,
                      gint *stop)
{
    struct solution solution;
    bool done;

    g_return_val_if_fail(rows <= columns && columns <= G_MAXINT, false);
    solution_new(&solution, cost, rows, columns);
    for (int row = 0; row < solution.rows && !is_stopped(stop); row++)
        pair_row(&solution, row);
    done = !is_stopped(stop);
    for (int row = 0; row < solution.rows && done; row++) {
        prefer_first(&solution, row);
        done = !is_stopped(stop);
    }
    for (size_t row = 0; row < rows; row++) {
        int column = solution.column_of[row];

        paired[row] = done && !is_forbidden(&solution, (int)row, column) ? column : -1;
    }
    solution_free(&solution);
    return done;
}
