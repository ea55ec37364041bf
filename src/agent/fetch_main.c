// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-fetch: see suture-fetch(8). */
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/collect.h"
#include "agent/enrol.h"
#include "agent/privilege.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

static const char help[] =
	"Usage: suture-fetch [--once] [--now] [--check-in | --enrol | --bundle FILE] [--root DIR]\n"
	"\n"
	"Refreshes the metadata of the repository in /etc/suture/suture.conf, fetches the patch that\n"
	"this machine would take, and leaves both for suture-agent. Run by suture-fetch.timer.\n"
	"\n"
	"      --once         one run, which is all it ever does\n"
	"      --now          do not wait for the time that the last run or the server named\n"
	"      --check-in     only tell the server how this machine is\n"
	"      --enrol        trade the token on standard input for a credential, and keep it\n"
	"      --bundle FILE  take a bundle in place of the network\n"
	"      --root DIR     the machine is below DIR\n"
	"      --version\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 refreshed, 2 not yet time, 3 not enabled, 8 stale, 9 verification failed,\n"
	"10 suture.mode says no, 64 usage, 75 unreachable or busy, 77 no permission, 1 anything else.\n";

static const struct option options[] = {
	{ "once", no_argument, NULL, 'o' },	 { "now", no_argument, NULL, 'n' },
	{ "check-in", no_argument, NULL, 'c' },	 { "bundle", required_argument, NULL, 'b' },
	{ "enrol", no_argument, NULL, 'e' },
	{ "root", required_argument, NULL, 'r' }, { "version", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },	 { 0 },
};

static int enrol(const char *root, struct error *err)
{
	auto_free char *machine_id = NULL;

	if (enrol_machine(root, STDIN_FILENO, &machine_id, err) < 0)
		return -1;
	printf("enrolled as machine %s\n", machine_id);
	return 0;
}

static int collect(const struct collect_options *wanted, struct error *err)
{
	if (privilege_drop(wanted->root, err) < 0)
		return -1;
	return collect_run(wanted, err);
}

int main(int argc, char **argv)
{
	struct collect_options wanted = { 0 };
	struct error err = ERROR_INIT;
	bool is_enrolment = false;
	int letter;

	while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (letter) {
		case 'o':
			break;
		case 'n':
			wanted.now = true;
			break;
		case 'c':
			wanted.only_check_in = true;
			break;
		case 'b':
			wanted.bundle = optarg;
			wanted.now = true;
			break;
		case 'e':
			is_enrolment = true;
			break;
		case 'r':
			wanted.root = optarg;
			break;
		case 'v':
			puts("suture-fetch " SUTURE_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return error_exit_status(ERROR_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "suture-fetch: '%s' is one argument too many; see --help\n",
			argv[optind]);
		return error_exit_status(ERROR_USAGE);
	}
	umask(umask(077) | 022); /* what is written here is nobody else's to write */
	interrupt_catch();
	if ((is_enrolment ? enrol(wanted.root, &err) : collect(&wanted, &err)) == 0)
		return 0;

	auto_free char *words = text_printable(err.msg, true); /* a stranger's may be among them */

	fprintf(stderr, "suture-fetch: %s\n", words);
	return error_exit_status(err.code);
}
