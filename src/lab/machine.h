/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A throw-away machine: QEMU under software emulation, one or two processors, 512 MiB, no disk (or one
 * that is a file of this host) and no network (or one that leads to a single port of this host), with
 * two serial ports. What the kernel prints goes to the first, what the guest's /init has to say to the
 * second, so that neither can break into the other's lines.
 */
#ifndef SUTURE_LAB_MACHINE_H
#define SUTURE_LAB_MACHINE_H

#include <stdbool.h>

#include "base/error.h"

/* Where the guest finds forward_port: QEMU's user network with nothing else in it. */
#define MACHINE_FORWARD_ADDRESS "10.0.2.100"

struct machine_spec {
	const char *kernel; /* bootable image */
	const char *initramfs;
	const char *arguments; /* more for the kernel's command line, or NULL */
	const char *console_path; /* file that gets the first serial port's output */
	const char *report_path; /* the same for the second one */
	unsigned processors; /* 1 or more */
	const char *disk; /* file that is the guest's /dev/vda, written to; or NULL */
	unsigned forward_port; /* on this host's loopback; the guest's only network. 0: none */
	bool terminal; /* a third serial port leads to our standard input and output */
	unsigned timeout_seconds; /* then the machine is ended; 0: never */
};

struct machine_end {
	bool timed_out;
	double seconds; /* from power on to the end */
};

/* Runs the machine until it resets, powers off or takes too long. How the kernel fared is in the
 * two files; ERROR_TOOL only if the machine itself could not be run. On Ctrl-C it is ended and the
 * result is ERROR_INTERRUPTED. */
int machine_run(const struct machine_spec *spec, struct machine_end *ret_end, struct error *err);

#endif
