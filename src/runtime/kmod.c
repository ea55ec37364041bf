// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/kmod.h"

#include <libkmod.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

static void free_context(struct kmod_ctx **context)
{
	kmod_unref(*context);
}
#define auto_context __attribute__((cleanup(free_context)))

static void free_module(struct kmod_module **module)
{
	kmod_module_unref(*module);
}
#define auto_kmod_module __attribute__((cleanup(free_module)))

static int open_context(struct kmod_ctx **ret_context, struct error *err)
{
	static const char *const no_configuration = NULL;

	*ret_context = kmod_new("/", &no_configuration);
	if (!*ret_context)
		return error_set(err, ERROR_SYSTEM, "cannot start libkmod");
	kmod_set_log_priority(*ret_context, -1); /* errors are ours to print */
	return 0;
}

static int write_memory(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t put = write(fd, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		data += put;
		size -= (size_t)put;
	}
	return fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int kmod_seal(const void *data, size_t size, int *ret_fd, struct error *err)
{
	char path[64];
	auto_close int writer = memfd_create("suture-module", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (writer < 0 || write_memory(writer, data, size) < 0)
		return error_errno(err, "cannot hold the module in memory");
	/* finit_module(2) answers ETXTBSY while anybody has the file open for writing. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", writer);

	int reader = open(path, O_RDONLY | O_CLOEXEC);

	if (reader < 0)
		return error_errno(err, "cannot open the module in memory again (is /proc mounted?)");
	*ret_fd = reader;
	return 0;
}

int kmod_insert(int fd, int *ret_errno, struct error *err)
{
	auto_context struct kmod_ctx *context = NULL;
	auto_kmod_module struct kmod_module *module = NULL;
	char path[64];

	*ret_errno = 0;
	if (open_context(&context, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);

	int result = kmod_module_new_from_path(context, path, &module);

	if (result == 0)
		result = kmod_module_insert_module(module, 0, "");
	if (result == 0)
		return 0;
	errno = *ret_errno = -result;
	return error_errno(err, "the kernel did not take the module");
}

int kmod_remove(const char *name, struct error *err)
{
	auto_context struct kmod_ctx *context = NULL;
	auto_kmod_module struct kmod_module *module = NULL;

	if (open_context(&context, err) < 0)
		return -1;

	int result = kmod_module_new_from_name(context, name, &module);

	if (result == 0)
		result = kmod_module_remove_module(module, O_NONBLOCK);
	if (result == 0)
		return 0;
	if (result == -EBUSY || result == -EAGAIN)
		return error_set(err, ERROR_TEMPORARY, "module %s is still in use", name);
	errno = -result;
	return error_errno(err, "cannot remove the module %s", name);
}
