/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can go wrong with the files of the store. Every message is one line that names the file, fit
 * to follow "pore: ". */
#ifndef PORE_STORE_ERROR_H
#define PORE_STORE_ERROR_H

#include <glib.h>

#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);

enum store_error {
    STORE_ERROR_OPEN,    /* no such file, no permission, no folder */
    STORE_ERROR_DAMAGED, /* not a database, or one that contradicts itself */
    STORE_ERROR_SCHEMA,  /* made by another version of pore */
    STORE_ERROR_FULL,    /* the disk is full, or a limit reached */
    STORE_ERROR_BUSY,    /* somebody else holds it, longer than DATABASE_PATIENCE */
    STORE_ERROR_WRITE,   /* anything else: read-only, input and output errors */
};

#endif
