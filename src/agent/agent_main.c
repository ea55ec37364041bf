// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-agent: see suture-agent(8). */
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "agent/agent.h"
#include "agent/notify.h"
#include "agent/watch.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

static const char help[] =
	"Usage: suture-agent [--once | --watch | --boot | --end] [--now] [--root DIR]\n"
	"\n"
	"Verifies what suture-fetch left, applies the patch that should be in force, and writes down\n"
	"how the machine is (/run/suture/status.json). Uses no network. Run by suture-agent.path.\n"
	"\n"
	"      --once       one run (the default)\n"
	"      --watch      and stay until a new patch's probation is over\n"
	"      --boot       early at boot: apply what was committed in an earlier boot\n"
	"      --end        an orderly shutdown: close this boot's records\n"
	"      --now        a person asks: hours, delay and apply = manual do not count\n"
	"      --root DIR   the machine is below DIR; nothing is loaded\n"
	"      --version\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 as it should be, 6 applying failed or a patch crashed earlier, 8 what is known\n"
	"is out of date, 9 verification failed, 10 an update is held back, 11 the transition stalled\n"
	"and the patch was taken back, 64 usage, 75 incomplete or busy, 77 no permission, 1 else.\n";

static const struct option options[] = {
	{ "once", no_argument, NULL, 'o' },	{ "watch", no_argument, NULL, 'w' },
	{ "boot", no_argument, NULL, 'b' },	{ "end", no_argument, NULL, 'e' },
	{ "now", no_argument, NULL, 'n' },	{ "root", required_argument, NULL, 'r' },
	{ "version", no_argument, NULL, 'v' },	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Goes to the journal; what is only for a terminal is left out. */
static void say(void *user, const char *line)
{
	(void)user;
	fprintf(stderr, "suture-agent: %s\n", line);
}

static void step(void *user, const char *what, uint64_t done, uint64_t total)
{
	(void)user;
	(void)what;
	(void)done;
	(void)total;
}

static int run(const struct agent_options *wanted, bool watch, bool end, struct error *err)
{
	auto_kernel_log struct kernel_log log;
	unsigned probation = 0;
	int result;

	kernel_log_open(&log, false);
	if (end)
		return agent_end(wanted->root, err);
	result = agent_run(wanted, &probation, err);
	if (!watch || !probation)
		return result;
	notify_service_manager("READY=1\nSTATUS=A new patch is on probation for %u more seconds",
			       probation);
	return watch_probation(wanted, &log, probation, err);
}

int main(int argc, char **argv)
{
	static const struct progress progress = { .step = step, .say = say };
	struct agent_options wanted = { .loader = &kernel_loader, .progress = &progress };
	struct error err = ERROR_INIT;
	bool watch = false, end = false;
	int letter;

	while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (letter) {
		case 'o':
			break;
		case 'w':
			watch = true;
			break;
		case 'b':
			wanted.at_boot = true;
			break;
		case 'e':
			end = true;
			break;
		case 'n':
			wanted.by_hand = true;
			break;
		case 'r':
			wanted.root = optarg;
			break;
		case 'v':
			puts("suture-agent " SUTURE_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return error_exit_status(ERROR_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "suture-agent: '%s' is one argument too many; see --help\n",
			argv[optind]);
		return error_exit_status(ERROR_USAGE);
	}
	umask(umask(077) | 022); /* what is written here is nobody else's to write */
	interrupt_catch();

	int result = run(&wanted, watch, end, &err);

	/* A service that ends before it was ready would count as failed. Without STOPPING=1: of the two
	 * only the last one of a message counts (systemd 252, service_notify_message()). */
	notify_service_manager("READY=1\nSTATUS=%s", result ? err.msg : "As it should be");
	if (result == 0)
		return 0;

	auto_free char *words = text_printable(err.msg, true); /* a stranger's may be among them */

	fprintf(stderr, "suture-agent: %s\n", words);
	return error_exit_status(err.code);
}
