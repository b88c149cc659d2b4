/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of facts.h share: nobody else includes it. */
#ifndef PORE_FACTS_PARTS_H
#define PORE_FACTS_PARTS_H

#include "checker.h"

#include <glib.h>

/* The posting that FINDING is about, as it is now. */
const struct posting *finding_posting(const struct finding *finding);

/* "v1, v3-v4": the versions before it that are not known; "" if all are. The caller frees it. */
char *finding_versions_missing(const struct finding *finding);

/* Appends what it was tried on: "1234567890ab (its base-commit)", "origin/master (1234567890ab)". */
void finding_append_base(const struct finding *finding, GString *text);

/* The patch that does not apply, or NULL; and what it is called, "patch 2/5": false if it has no number. */
const struct member *finding_failed(const struct finding *finding);
bool finding_append_failed(const struct finding *finding, GString *text);

/* Appends what keeps the answer from being the last word: ", without its 2 prerequisites". */
void finding_append_but(const struct finding *finding, GString *text);

/* Appends "12 files, +340 -25: fs/btrfs (9), include/linux (3)", in WIDTH cells where that can be. */
void facts_append_files(const struct particulars *particulars, int width, GString *text);

#endif
