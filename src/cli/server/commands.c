// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/server/commands.h"

#define COMMON                                                                          \
	{ "config", 'c', "FILE", "settings instead of /etc/suture/server.conf" },       \
	{ "database", 0, "FILE", "the database; also: database = in the settings" }

static const struct option_row run_options[] = {
	COMMON,
	{ "listen", 'l', "ADDRESS:PORT", "where to listen (127.0.0.1:8080); port 0: any" },
	{ "cert", 0, "FILE", "certificate and chain, PEM; without: loopback only" },
	{ "key", 0, "FILE", "its private key, PEM" },
	{ "repo", 0, "DIR", "repository to serve below /repo/" },
	{ "interval", 0, "SECONDS", "between two check-ins of a machine (3600)" },
	{ "set", 0, "KEY=VALUE", "any other setting; may be repeated" },
	{ 0 },
};

static const struct option_row token_new_options[] = {
	COMMON,
	{ "ring", 'r', "RING", "edge, beta, candidate or stable; needed" },
	{ "uses", 0, "N", "good for so many machines (1); 0: any number" },
	{ "expires", 0, "WHEN", "30m, 12h, 7d, 2w from now, or never (7d)" },
	{ "note", 0, "TEXT", "what it is for, for the list" },
	{ "json", 0, NULL, "print JSON" },
	{ 0 },
};

static const struct option_row list_options[] = {
	COMMON,
	{ "json", 0, NULL, "print JSON" },
	{ 0 },
};

static const struct option_row machine_list_options[] = {
	COMMON,
	{ "ring", 'r', "RING", "only of this ring" },
	{ "silent", 0, "DAYS", "only those not seen for so many days" },
	{ "revoked", 0, NULL, "also those that were revoked" },
	{ "json", 0, NULL, "print JSON" },
	{ 0 },
};

static const struct option_row set_options[] = {
	COMMON,
	{ "ring", 'r', "RING", "the ring that it takes patches from" },
	{ "pin", 0, "LEVEL", "no patch above this level; none: no pin" },
	{ 0 },
};

static const struct option_row common_options[] = {
	COMMON,
	{ 0 },
};

static const struct command token_commands[] = {
	{ "new", NULL, "makes a token that enrols machines, and shows it once",
	  "Only its digest is kept: what is printed cannot be shown again. Give it to a machine with\n"
	  "'suture enable' by a file or standard input, so that it stays out of process lists.",
	  token_new_options, 0, 0, command_token_new },
	{ "list", NULL, "lists the tokens, never their secrets", NULL, list_options, 0, 0,
	  command_token_list },
	{ "revoke", "ID", "makes a token worthless; machines that it enrolled stay", NULL,
	  common_options, 1, 1, command_token_revoke },
	{ 0 },
};

static const struct command machine_commands[] = {
	{ "list", NULL, "lists the machines and what they said last", NULL, machine_list_options, 0, 0,
	  command_machine_list },
	{ "revoke", "ID", "ends a machine's credential; it cannot enrol again", NULL, common_options,
	  1, 1, command_machine_revoke },
	{ "forget", "ID", "removes a machine and what is known of it; it may enrol anew", NULL,
	  common_options, 1, 1, command_machine_forget },
	{ "set", "ID", "changes a machine's ring or pin; it hears of it at its next check-in", NULL,
	  set_options, 1, 1, command_machine_set },
	{ 0 },
};

const struct command server_commands[] = {
	{ "run", NULL, "serves until SIGTERM comes (suture-server.service)",
	  "Requests that are under way then are still answered. Several servers may use one database\n"
	  "on one machine.",
	  run_options, 0, 0, command_run },
	{ "token", NULL, "makes, lists and revokes tokens", NULL, NULL, 0, 0, NULL, token_commands },
	{ "machine", NULL, "lists, revokes and forgets machines", NULL, NULL, 0, 0, NULL,
	  machine_commands },
	{ 0 },
};
