/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that hand over what is selected, or tagged: to a file, a command, the printer or
 * the clipboard. Their functions are those of commands.def; this is what they share.
 *
 * Mails are read by a job, so that keys are answered meanwhile; nothing is written before all
 * have been read, and nothing at all if that was stopped. No word of a mail is ever a path or
 * part of a command. */
#ifndef PORE_DELIVER_H
#define PORE_DELIVER_H

/* The link to the mail with MESSAGE_ID that FORMAT, as the setting list_url, makes: "%s" is the
 * id, percent-encoded as a piece of a path (RFC 3986, 3.3), "%%" is "%". The caller frees it. */
char *deliver_link(const char *format, const char *message_id);

#endif
