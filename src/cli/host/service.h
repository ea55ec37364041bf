/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running fetcher and agent by hand, as the units would: the front itself neither uses the network
 * nor loads what was published. Their last words become the error.
 */
#ifndef SUTURE_CLI_HOST_SERVICE_H
#define SUTURE_CLI_HOST_SERVICE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"

struct args;

/* ERROR_PERMISSION with a sentence for people, unless we are root or work below --sysroot. */
int service_check_root(const struct args *args, struct error *err);

/* service_check_root(), and nobody else changes suture.conf or the policy until *ret_lock is closed:
 * what is read, changed and written again loses nobody's change. */
int service_begin_change(const struct args *args, int *ret_lock, struct error *err);

/* suture-fetch --once --now, which becomes the user suture-fetch. `bundle` may be NULL. */
int service_fetch(const struct args *args, const char *bundle, struct error *err);
/* suture-fetch --enrol with the token on its standard input: never on a command line. */
int service_enrol(const struct args *args, const char *token, struct error *err);
/* suture-agent --once. `apply`: a person asks; no waiting for a window or for 'apply = manual'. */
int service_agent(const struct args *args, bool apply, struct error *err);
/* Starts or stops the timers, and switches the early unit on or off for the next boots, where systemd
 * runs; elsewhere nothing. */
int service_switch(const struct args *args, bool on, struct error *err);
/* The units that apply what 'suture boot enable' keeps: from the next boot on, nothing starts now. */
int service_switch_boot(const struct args *args, bool on, struct error *err);

#endif
