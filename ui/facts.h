/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is worth knowing of a posting, in words: a line for each fact above the tree of the series view, and
 * what stands behind it as a text of its own. The user interface's thread. */
#ifndef PORE_FACTS_H
#define PORE_FACTS_H

#include "checker.h"
#include "look.h"
#include "settings.h"
#include "view.h"

#include <glib.h>
#include <stdbool.h>

enum fact {
    FACT_NONE,
    FACT_MISSING, /* which patches */
    FACT_FILES,   /* which are touched, by how much */
    FACT_BASE,    /* what it is made for, and what goes before it */
    FACT_APPLIES,
    FACT_COUNT,
};

/* "Files:". Static. */
const char *fact_label(enum fact fact);

/* Is there a line for FACT? That does not depend on what was found out, so that nothing moves when
 * it is. */
bool fact_is_told(enum fact fact, const struct posting *posting, const struct settings *settings);

/* Appends what the line says, for WIDTH cells, to TEXT: nothing where nothing is known yet. How it looks. */
enum style fact_describe(enum fact fact, const struct finding *finding, int width, GString *text);

/* All there is to say about FACT, a view for app_push(); NULL where the line has said it. */
struct view *facts_view(struct app *app, enum fact fact, const struct finding *finding);

/* What came of trying FINDING, a message: "v3 applies to 1234567890ab (its base-commit)." The caller
 * frees it. */
char *facts_answer(const struct finding *finding);

#endif
