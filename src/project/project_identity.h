/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who the user is, as git has it. Any thread. */
#ifndef PORE_PROJECT_IDENTITY_H
#define PORE_PROJECT_IDENTITY_H

/* What git's configuration, git-config(1), has for user.name and user.email: that of the
 * repository at PATH, as project_open() takes it, and of the user and the system; without a
 * repository ("", or none that can be opened) of these two. Each is NULL where nothing is said,
 * or "" is; the caller frees them. */
void project_identity(const char *path, char **name, char **email);

#endif
