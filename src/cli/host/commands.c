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
	{ "verify", 0, NULL, "count calls for a second: do they reach the new code?" },
	{ "for", 0, "SECONDS", "count for so long; implies --verify" },
	{ "sysroot", 0, "DIR", "look at a tree made by 'suture capture' instead of this machine" },
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
	{ "end", NULL, "notes down an orderly shutdown (suture-boot.service)", NULL, NULL, 0, 0,
	  command_boot_end },
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
	{ "list", NULL, "lists the livepatches, one a line", NULL, look_options, 0, 0,
	  command_list },
	{ "status", NULL, "says what is patched and whether it is in force",
	  "Exit status: 0 all well or nothing loaded, 6 a livepatch is not effective, 7 this kernel\n"
	  "cannot be live-patched, 11 a transition is running.",
	  status_options, 0, 0, command_status },
	{ "schema", "NAME", "prints the JSON schema of a command's --json: status", NULL, NULL, 1, 1,
	  command_schema },
	{ "blocking", NULL, "names the tasks that hold a transition up, with their stacks", NULL,
	  blocking_options, 0, 0, command_blocking },
	{ "doctor", "[FILE]", "writes all of the above into one file for whoever helps you",
	  "Without names, addresses and ids of the machine. FILE: suture-doctor.json.", NULL, 0, 1,
	  command_doctor },
	{ "boot", NULL, "applies chosen livepatches at every boot", NULL, NULL, 0, 0, NULL,
	  boot_commands },
	{ "transition", NULL, "waits for, turns round or forces a transition", NULL, NULL, 0, 0, NULL,
	  transition_commands },
	{ 0 },
};
