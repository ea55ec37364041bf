// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/machine.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#define QEMU "qemu-system-x86_64"

/*
 * loglevel=8          every message is on the console, so that the log is whole even after a crash
 * panic=-1            a panic resets at once, and a reset ends the machine (-no-reboot)
 * oops=panic          after an oops nothing that the machine says is worth waiting for
 * printk.devkmsg=on   the marks that /init writes into the log are not rate-limited
 * (Documentation/admin-guide/kernel-parameters.txt)
 */
/* no_timer_check: on a busy host the emulated timer is late, and the kernel would panic for it
 * (arch/x86/kernel/apic/io_apic.c, check_timer()). */
#define KERNEL_ARGUMENTS "no_timer_check console=ttyS0 loglevel=8 panic=-1 oops=panic printk.devkmsg=on"

/* QEMU's commas separate options; a comma in a file's name is doubled. */
static char *file_option(const char *before, const char *path)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	buffer_add_text(&text, before);
	for (; *path; path++) {
		buffer_add_char(&text, *path);
		if (*path == ',')
			buffer_add_char(&text, ',');
	}
	return buffer_steal_text(&text);
}

/* "restrict": no way out but the one forwarded port (QEMU's manual, -netdev user). Each connection is
 * a process of busybox's nc, because a forward to a socket serves one connection in all. Without
 * a ROM: nobody boots from it, and the package that has it may be missing. */
static void add_network(const struct machine_spec *spec, struct text_list *argv)
{
	if (!spec->forward_port) {
		text_list_add(argv, "-nic");
		text_list_add(argv, "none");
		return;
	}
	text_list_add(argv, "-netdev");
	text_list_printf(argv, "user,id=net,restrict=on,guestfwd=tcp:" MACHINE_FORWARD_ADDRESS
			 ":%u-cmd:busybox nc 127.0.0.1 %u", spec->forward_port, spec->forward_port);
	text_list_add(argv, "-device");
	text_list_add(argv, "virtio-net-pci,netdev=net,romfile=");
}

/* An interrupt of its own, not the one that COM3 shares with COM1; it stands in QEMU's ACPI tables
 * (hw/char/serial-isa.c). Ctrl-C is the guest's. */
static void add_terminal(const struct machine_spec *spec, struct text_list *argv)
{
	static const char *const words[] = { "-chardev", "stdio,id=terminal,signal=off", "-device",
					     "isa-serial,chardev=terminal,index=2,iobase=0x3e8,irq=5",
					     NULL };

	if (spec->terminal)
		text_list_add_all(argv, words);
}

/* What the guest was told to be on the disk is with this host's kernel: it outlives QEMU. */
static void add_disk(const struct machine_spec *spec, struct text_list *argv)
{
	auto_free char *drive = NULL;

	if (!spec->disk)
		return;
	drive = file_option("if=none,id=disk,format=raw,cache=writeback,file=", spec->disk);
	text_list_add(argv, "-drive");
	text_list_add(argv, drive);
	text_list_add(argv, "-device");
	text_list_add(argv, "virtio-blk-pci,drive=disk");
}

static void make_command(const struct machine_spec *spec, struct text_list *argv)
{
	/* Never KVM: where it is nested it may hang or abort although /dev/kvm opens. */
	static const char *const fixed[] = { QEMU, "-accel", "tcg", "-cpu", "max", "-m", "512",
					     "-nodefaults", "-no-user-config",
					     "-display", "none", "-no-reboot",
					     "-kernel", NULL };
	auto_free char *console = file_option("file:", spec->console_path);
	auto_free char *report = file_option("file:", spec->report_path);

	text_list_add_all(argv, fixed);
	text_list_add(argv, spec->kernel);
	add_network(spec, argv);
	add_terminal(spec, argv);
	add_disk(spec, argv);
	text_list_add(argv, "-smp");
	text_list_printf(argv, "%u", spec->processors);
	text_list_add(argv, "-initrd");
	text_list_add(argv, spec->initramfs);
	text_list_add(argv, "-append");
	text_list_printf(argv, KERNEL_ARGUMENTS "%s%s", spec->arguments ? " " : "",
			 spec->arguments ? spec->arguments : "");
	text_list_add(argv, "-serial");
	text_list_add(argv, console);
	text_list_add(argv, "-serial");
	text_list_add(argv, report);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int machine_run(const struct machine_spec *spec, struct machine_end *ret_end, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };
	struct process *process;
	double start = now();

	if (!file_exists(spec->kernel))
		return error_set(err, ERROR_NOT_FOUND, "the kernel image %s is not there",
				 spec->kernel);
	make_command(spec, &argv);

	const struct process_spec program = { .argv = (const char *const *)argv.items,
					      .timeout_seconds = spec->timeout_seconds,
					      .interactive = spec->terminal,
					      .output_limit = 1 << 20 };

	if (process_start(&program, &process, err) < 0) {
		if (err->code == ERROR_TOOL)
			error_set(err, ERROR_TOOL, "there is no %s to run the machine: install "
				  "the package qemu-system-x86", QEMU);
		return -1;
	}
	if (process_finish(process, &result, err) < 0)
		return -1;
	if (result.status != 0 && !result.timed_out)
		return process_result_error(&result, QEMU, err);
	*ret_end = (struct machine_end){ .timed_out = result.timed_out,
					 .seconds = now() - start };
	return 0;
}
