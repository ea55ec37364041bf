// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/commands.h"

static const struct option_row load_options[] = {
	{ "wait", 'w', "SECONDS", "give the transition this long (60), then take the patch back" },
	{ "json", 0, NULL, "print the outcome as JSON" },
	{ 0 },
};

static const struct option_row unload_options[] = {
	{ "wait", 'w', "SECONDS", "give the transition this long (60), then put the patch back" },
	{ "json", 0, NULL, "print the outcome as JSON" },
	{ 0 },
};

static const struct option_row look_options[] = {
	{ "json", 0, NULL, "print JSON" },
	{ "sysroot", 0, "DIR", "look at a tree made by 'suture capture' instead of this machine" },
	{ 0 },
};

static const struct option_row status_options[] = {
	{ "json", 0, NULL, "print JSON" },
	{ "verbose", 'v', NULL, "also what is behind the three lines" },
	{ "nagios", 0, NULL, "one line and exit status as Nagios' plugins" },
	{ "verify", 0, NULL, "count calls for a second: do they reach the new code?" },
	{ "for", 0, "SECONDS", "count for so long; implies --verify" },
	{ "sysroot", 0, "DIR", "look at a tree made by 'suture capture' instead of this machine" },
	{ 0 },
};

#define SYSROOT_ROW                                                                           \
	{ "sysroot", 0, "DIR", "work on the files below DIR instead of this machine's" }

static const struct option_row history_options[] = {
	{ "lines", 'n', "N", "the last N events (50)" },
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row change_options[] = {
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row pin_options[] = {
	{ "delay", 0, "HOURS", "take patches so long after they were first seen here" },
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row rollback_options[] = {
	{ "to", 0, "ID", "back to this patch; without it to the one before" },
	{ "none", 0, NULL, "back to no patch at all" },
	{ "dry-run", 0, NULL, "only say what would open again" },
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row update_options[] = {
	{ "dry-run", 0, NULL, "only say what would be applied of what is known" },
	{ "bundle", 0, "FILE", "take everything from a bundle instead of the network" },
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row enable_options[] = {
	{ "server", 0, "URL", "the server to enrol with" },
	{ "token-file", 0, "FILE", "the token's file, in the place of the argument" },
	{ "repo", 0, "URL", "the repository; with --server it is the server's" },
	{ "root-fingerprint", 0, "H", "SHA-256 of the root.json that trust begins with" },
	{ "ring", 0, "RING", "edge, beta, candidate or stable; without it the server's choice" },
	{ "ca-file", 0, "FILE", "certificates (PEM) in place of the system's" },
	{ "proxy", 0, "URL", "the proxy to go through" },
	{ "json", 0, NULL, "print JSON" },
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row config_options[] = {
	SYSROOT_ROW,
	{ 0 },
};

static const struct option_row doctor_options[] = {
	{ "force", 0, NULL, "overwrite a file that is no older report" },
	{ 0 },
};

static const struct option_row blocking_options[] = {
	{ "json", 0, NULL, "print JSON" },
	{ 0 },
};

static const struct option_row wait_options[] = {
	{ "wait", 'w', "SECONDS", "how long (60)" },
	{ 0 },
};

static const struct option_row watch_options[] = {
	{ "module", 'm', "NAME", "the module that the function is in (default: the kernel proper)" },
	{ "position", 0, "N", "which of several functions of this name, as livepatch counts them" },
	{ "for", 0, "SECONDS", "how long (default: until Ctrl-C)" },
	{ "kernel-running", 0, NULL, "watch the running kernel: there is no other, this is the default" },
	{ "json", 0, NULL, "print a JSON object a line" },
	{ 0 },
};

static const struct option_row force_options[] = {
	{ "yes-i-will-reboot", 0, NULL, "the price is understood" },
	{ 0 },
};

static const struct option_row boot_disable_options[] = {
	{ "kernel", 0, "BUILD-ID", "only for this kernel; without it for all" },
	{ 0 },
};

static const struct command boot_commands[] = {
	{ "enable", "FILE.ko", "keeps a livepatch, to be applied at every boot of its kernel", NULL,
	  NULL, 1, 1, command_boot_enable },
	{ "disable", "NAME", "forgets it; what is loaded stays loaded", NULL, boot_disable_options,
	  1, 1, command_boot_disable },
	{ "list", NULL, "lists what is kept, and how it went", NULL, blocking_options, 0, 0,
	  command_boot_list },
	{ "apply", NULL, "applies what is kept for the running kernel (suture-boot.service)",
	  "A patch whose last boot went down is marked as crashed and left alone. suture.mode=no-apply\n"
	  "on the kernel's command line stops it all. Exit status: 0 all applied, 2 nothing is kept\n"
	  "for this kernel, 6 some failed or crashed, 10 suture.mode says no.",
	  wait_options, 0, 0, command_boot_apply },
	{ "commit", NULL, "ends the probation after healthy minutes (suture-boot-commit.timer)", NULL,
	  NULL, 0, 0, command_boot_commit },
	{ "end", NULL, "notes down an orderly shutdown (suture-boot-end.service)", NULL, NULL, 0, 0,
	  command_boot_end },
	{ 0 },
};

static const struct command config_commands[] = {
	{ "get", "[KEY]", "prints one value, or all with what they mean", NULL, change_options, 0, 1,
	  command_config_get },
	{ "set", "KEY VALUE", "changes one value; other lines of the file stay as they are", NULL,
	  config_options, 2, 2, command_config_set },
	{ "unset", "KEY", "takes a value out, so that the default counts", NULL, config_options, 1, 1,
	  command_config_unset },
	{ 0 },
};

static const struct command transition_commands[] = {
	{ "wait", "NAME", "waits until the transition is complete", NULL, wait_options, 1, 1,
	  command_transition_wait },
	{ "reverse", "NAME", "turns a running transition round", NULL, NULL, 1, 1,
	  command_transition_reverse },
	{ "force", "NAME", "makes the kernel call a transition complete, at a price",
	  "Old and new code then run side by side on the same data, and no livepatch module of that\n"
	  "moment can be removed any more. Only for a machine that will be rebooted soon.",
	  force_options, 1, 1, command_transition_force },
	{ 0 },
};

const struct command host_commands[] = {
	{ "check", NULL, "says whether this kernel can be live-patched, and if not, what to change",
	  "Exit status: 0 it can, 6 or 11 not at the moment, 7 this kernel cannot, 10 a policy is\n"
	  "against it. Items that cannot be read (as an ordinary user) are unknown.",
	  look_options, 0, 0, command_check },
	{ "capture", "DIR", "copies what these commands read of this machine into a new folder",
	  "For --sysroot and for bug reports. Kernel addresses, the kernel's log and command line,\n"
	  "processes and everything that identifies the machine are left out.",
	  NULL, 1, 1, command_capture },
	{ "load", "FILE.ko", "loads a livepatch and follows it until it is in force",
	  "Checks first that the module is for this kernel and these modules. If the transition is\n"
	  "not complete in time, or on Ctrl-C, the patch is taken back and its module removed.\n"
	  "Exit status: 0 in force, 2 loaded already, 6 refused or not effective, 7 made for another\n"
	  "kernel, 9 signature wanted, 10 held back by policy, 11 the transition stalled and the\n"
	  "patch was taken back, 77 no permission.",
	  load_options, 1, 1, command_load },
	{ "unload", "NAME", "disables a livepatch, waits, and removes its module", NULL,
	  unload_options, 1, 1, command_unload },
	{ "status", NULL, "says where this machine stands: protection, freshness, coverage",
	  "Asks the kernel and reads small local files; neither a daemon nor the network. Exit\n"
	  "status, the first that holds: 6 a livepatch is not effective or failed or crashed, 11 a\n"
	  "transition is running, 7 this kernel cannot be live-patched, 9 what the repository says\n"
	  "fails to verify, 8 what is known is out of date, 5 this kernel is no longer served, 7 it\n"
	  "never was, 10 an update is held back, 4 an update is available, 0 all well.",
	  status_options, 0, 0, command_status },
	{ "list", NULL, "lists the livepatches loaded, and the published ones known here", NULL,
	  look_options, 0, 0, command_list },
	{ "show", "ID", "shows one published patch: a name, a level, or eight digits of its id",
	  NULL, look_options, 1, 1, command_show },
	{ "cve", "[CVE-ID...]", "says of each CVE whether it is fixed here, and by what",
	  "fixed-live, fixed-in-kernel, open (a published patch fixes it and is not in force) or\n"
	  "unknown. Exit status: 4 one is open, 3 one is unknown, 0 all are fixed.",
	  look_options, 0, ANY_NUMBER, command_cve },
	{ "uname", NULL, "prints the effective version of the kernel",
	  "The release, and behind it the level that is in force: 6.1.0-56-cloud-amd64+suture.7.\n"
	  "Exit status 6: a livepatch is loaded and not effective.",
	  look_options, 0, 0, command_uname },
	{ "reboot-needed", NULL, "says what a livepatch cannot do for this machine",
	  "Exit status 5: a newer kernel is installed, or the running one is no longer served, has\n"
	  "had an oops or worse, or carries a forced transition; or another package asks for a\n"
	  "reboot. 0: no reboot is needed.",
	  look_options, 0, 0, command_reboot_needed },
	{ "history", NULL, "lists what happened to the patches of this machine", NULL,
	  history_options, 0, 0, command_history },
	{ "enable", "[TOKEN]", "begins to take patches from a repository or a server",
	  "TOKEN '-' is read from standard input, so that it stays out of the process list. With\n"
	  "--server the machine is enrolled, and may be again at any time. Exit status: 64 nothing\n"
	  "to trust or no such token, 75 unreachable, 77 the server refuses the token.",
	  enable_options, 0, 1, command_enable },
	{ "disable", NULL, "takes no more patches; what is loaded stays loaded", NULL,
	  change_options, 0, 0, command_disable },
	{ "refresh", NULL, "asks the repository now; what comes is applied as configured",
	  "Exit status: as 'suture status' afterwards; 75 unreachable, 9 verification failed.",
	  change_options, 0, 0, command_refresh },
	{ "update", NULL, "applies the newest patch now, also where 'apply = manual'",
	  "Exit status: as 'suture status' afterwards; --dry-run: 4 something would be applied, 10\n"
	  "it is held back, 2 nothing newer is known.",
	  update_options, 0, 0, command_update },
	{ "rollback", NULL, "goes back to the level before, and says which CVEs open again",
	  "The level gone back to is pinned; 'suture unpin' goes forward again.",
	  rollback_options, 0, 0, command_rollback },
	{ "pin", "[ID|LEVEL]", "takes no patch above this level (the one in force)", NULL,
	  pin_options, 0, 1, command_pin },
	{ "unpin", NULL, "takes patches of every level again, without delay", NULL, change_options,
	  0, 0, command_unpin },
	{ "block", "ID", "never takes this patch", NULL, change_options, 1, 1, command_block },
	{ "unblock", "ID", "may take it again", NULL, change_options, 1, 1, command_unblock },
	{ "retry", "ID", "may try again what crashed, was taken back or failed", NULL, change_options,
	  1, 1, command_retry },
	{ "config", NULL, "shows and changes /etc/suture/suture.conf", NULL, NULL, 0, 0, NULL,
	  config_commands },
	{ "schema", "[NAME]", "prints the JSON schema of a command's --json, or their names", NULL,
	  NULL, 0, 1, command_schema },
	{ "blocking", NULL, "names the tasks that hold a transition up, with their stacks", NULL,
	  blocking_options, 0, 0, command_blocking },
	{ "doctor", "[FILE]", "writes all of the above into one file for whoever helps you",
	  "Without names, addresses and ids of the machine. FILE: suture-doctor.json.", doctor_options, 0, 1,
	  command_doctor },
	{ "boot", NULL, "applies chosen livepatches at every boot", NULL, NULL, 0, 0, NULL,
	  boot_commands },
	{ "watch", "FUNCTION", "counts a function's calls and says which code ran: the kernel's or a livepatch's",
	  "A line a second, also while livepatches are loaded and unloaded. Three kprobes count: at the\n"
	  "function's entry, behind the call that ftrace redirects, and at the new code. They are taken\n"
	  "away at the end. Only root may.",
	  watch_options, 1, 1, command_watch },
	{ "transition", NULL, "waits for, turns round or forces a transition", NULL, NULL, 0, 0, NULL,
	  transition_commands },
	{ 0 },
};
