/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells systemd how a service is (sd_notify(3): a datagram to the socket in NOTIFY_SOCKET). */
#ifndef SUTURE_AGENT_NOTIFY_H
#define SUTURE_AGENT_NOTIFY_H

/* "READY=1\nSTATUS=..."; nothing happens where nobody listens. */
void notify_service_manager(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
