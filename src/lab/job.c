// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/job.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/memory.h"
#include "lab/initramfs.h"
#include "lab/machine.h"

/* A guest that writes without end is cut off by its time-out; this is what we read of it. */
#define PORT_LIMIT ((size_t)64 << 20)

static int add_file(struct initramfs *initramfs, const struct job_file *file, struct error *err)
{
	switch (file->kind) {
	case JOB_PROGRAM:
		return initramfs_add_program(initramfs, file->guest_path, file->host_path, err);
	case JOB_MODULE:
		return initramfs_add_module(initramfs, file->guest_path, file->host_path, err);
	case JOB_FILE:
		break;
	}
	return initramfs_add_file(initramfs, file->guest_path, file->host_path, err);
}

static int add_files(const struct job *job, struct initramfs *initramfs, struct error *err)
{
	for (size_t i = 0; i < job->file_count; i++)
		if (add_file(initramfs, &job->files[i], err) < 0)
			return -1;
	for (size_t i = 0; i < job->step_count; i++) {
		auto_free char *path = guest_step_path(i);
		const char *script = job->steps[i].script;

		if (initramfs_add_bytes(initramfs, path, 0755, script, strlen(script), err) < 0)
			return -1;
	}
	return 0;
}

static int make_root(const struct job *job, const char *mark, const char *path, struct error *err)
{
	auto_initramfs struct initramfs *initramfs = initramfs_new();
	auto_buffer struct buffer init = BUFFER_INIT;

	if (initramfs_add_busybox(initramfs, err) < 0 || add_files(job, initramfs, err) < 0)
		return -1;
	guest_init_write(job->steps, job->step_count, mark, initramfs_library_path(initramfs),
			 &init);
	if (initramfs_add_bytes(initramfs, "/init", 0755, init.data, init.size, err) < 0)
		return -1;
	return initramfs_write(initramfs, path, err);
}

static int read_transcript(const struct job *job, const char *report_path, const char *mark,
			   struct transcript *ret_transcript, struct error *err)
{
	auto_buffer struct buffer report = BUFFER_INIT;
	auto_buffer struct buffer console = BUFFER_INIT;

	if (file_read(report_path, PORT_LIMIT, &report, err) < 0 ||
	    file_read(job->console_path, PORT_LIMIT, &console, err) < 0)
		return -1;
	transcript_parse(&report, &console, mark, job->step_count, ret_transcript);
	return 0;
}

/*
 * Two processors where that works. QEMU's emulation with a thread for each processor now and then
 * loses a change that the kernel makes to its own code: 6.12 with two processors was seen to die
 * of a stray int3, with and without livepatches, and never with one.
 */
static unsigned processors_for(const struct kernel *kernel)
{
	return has_prefix(kernel->id.release, "6.1.") ? 2 : 1;
}

int job_run(const struct job *job, struct transcript *ret_transcript, struct error *err)
{
	auto_free char *root = path_join(job->work, "initramfs");
	auto_free char *report = path_join(job->work, "report");
	auto_free char *mark = guest_mark_new();
	const struct machine_spec machine = { .kernel = job->kernel->image,
					      .processors = processors_for(job->kernel),
					      .initramfs = root,
					      .arguments = job->arguments,
					      .forward_port = job->forward_port,
					      .terminal = job->terminal,
					      .disk = job->disk,
					      .console_path = job->console_path,
					      .report_path = report,
					      .timeout_seconds = job->timeout_seconds };
	struct machine_end end;

	if (!job->kernel->image)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no bootable image of the kernel %s: it was imported "
				 "without one", job->kernel->id.release);
	if (make_root(job, mark, root, err) < 0)
		return error_context(err, "preparing the machine");
	progress_step(job->progress, 0, 0, "running Linux %s", job->kernel->id.release);
	if (machine_run(&machine, &end, err) < 0 ||
	    read_transcript(job, report, mark, ret_transcript, err) < 0)
		return error_context(err, "running Linux %s in a machine",
				     job->kernel->id.release);
	ret_transcript->timed_out = end.timed_out;
	ret_transcript->seconds = end.seconds;
	return 0;
}
