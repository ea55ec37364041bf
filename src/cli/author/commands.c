// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/commands.h"

const struct command author_commands[] = {
	{ .name = "inspect", .arguments = "FILE.ko", .least = 1, .most = 1, .run = inspect_run,
	  .options = inspect_options,
	  .summary = "show what a livepatch module does",
	  .details = "Functions by object with their positions among namesakes, livepatch relocations, special\n"
		     "sections, version magic, signature; for modules of any maker." },
	{ "try", "[FILE.ko|PATCH...]", "try a livepatch on its kernel in a throw-away machine",
	  try_details, try_options, 0, ANY_NUMBER, run_try },
	{ .name = "build", .arguments = "PATCH...|DIR", .least = 1, .most = ANY_NUMBER, .run = build_run,
	  .options = build_options,
	  .summary = "make a livepatch module from source diffs, or of one written by hand",
	  .details = "The patches are unified diffs (-p1) against the kernel's source, applied in order; they\n"
		     "become one cumulative module and its manifest (the same name, .json). DIR is the folder of\n"
		     "a livepatch module written by hand (suture new begins one). Exit status 0:\n"
		     "built; 2: no code changed; 9: the proof failed; 12: refused, cannot be live-patched\n"
		     "safely." },
	{ .name = "new", .arguments = "FUNCTION...", .least = 1, .most = ANY_NUMBER, .run = new_run,
	  .options = new_options, .details = new_details,
	  .summary = "begin a livepatch module by hand, of functions of the kernel" },
	{ .name = "diff", .arguments = "OLD.o NEW.o", .least = 2, .most = 2, .run = diff_run,
	  .options = diff_options,
	  .summary = "explain what changed between two objects, and why",
	  .details = "Compares an object compiled before a patch with one compiled after it, both with\n"
		     "-ffunction-sections -fdata-sections: which functions differ, what has to come along\n"
		     "into a livepatch, and what speaks against one. Exit status 0: it could become a\n"
		     "livepatch; 2: no code changed; 12: refused, see the findings." },
	{ .name = "verify", .arguments = "FILE.ko", .least = 1, .most = 1, .run = run_module_verify,
	  .options = module_verify_options, .details = module_verify_details,
	  .summary = "audit a finished livepatch module against its kernel" },
	{ .name = "explain", .arguments = "[RULE]", .least = 0, .most = 1, .run = explain_run,
	  .options = explain_options,
	  .summary = "explain a rule: what it is about, why, what to do instead",
	  .details = "RULE is the word after \"refuse\", \"warn\" or \"take\" in a finding, for example\n"
		     "no-fentry. Without it all rules are listed. The same text is in suture-rules(7)." },
	{ 0 },
};
