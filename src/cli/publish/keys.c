// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/publish/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

/* One line, or the whole file without the newline at its end. */
static int read_passphrase_file(const char *path, char *into, size_t size, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	int result = strcmp(path, "-") ? file_read(path, size - 1, &text, err) :
					 file_read_fd(STDIN_FILENO, size - 1, &text, err);

	if (result < 0)
		return error_context(err, "cannot read the passphrase");

	size_t length = strcspn(buffer_text(&text), "\r\n");

	memcpy(into, buffer_text(&text), length);
	into[length] = 0;
	secret_wipe(text.data, text.size);
	if (!length)
		return error_set(err, ERROR_INVALID, "%s holds no passphrase", path);
	return 0;
}

/* A signal that comes just before read() would not end it: it may only come while ppoll() waits. */
static int wait_for_key(int tty, struct error *err)
{
	struct pollfd entry = { .fd = tty, .events = POLLIN };
	sigset_t ending, before;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &before);
	if (!was_interrupted())
		ppoll(&entry, 1, NULL, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return interrupt_check(err);
}

/* What is longer is refused, and not cut: the rest would protect nothing. */
static int read_line(int tty, char *into, size_t size, struct error *err)
{
	size_t length = 0;
	bool fits = true;

	for (;;) {
		char c;

		if (wait_for_key(tty, err) < 0)
			return -1;

		ssize_t got = read(tty, &c, 1);

		if (got < 0 && errno != EINTR)
			return error_errno(err, "cannot read from the terminal");
		if (got < 0)
			continue;
		if (got == 0 || c == '\n')
			break;
		fits = length + 1 < size;
		if (fits)
			into[length++] = c;
	}
	into[length] = 0;
	if (!fits)
		return error_set(err, ERROR_INVALID, "a passphrase has at most %zu bytes", size - 1);
	return 0;
}

/* Without echo; the terminal is as before afterwards, also after Ctrl-C. Keys that would end or stop us
 * in between mean nothing meanwhile. */
static int ask_terminal(const char *question, const char *where, char *into, size_t size,
			struct error *err)
{
	auto_close int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;

	if (tty < 0 || tcgetattr(tty, &before) < 0)
		return error_set(err, ERROR_USAGE,
				 "the key %s wants a passphrase and there is no terminal to ask on; "
				 "give --passphrase-file FILE", where);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_cc[VQUIT] = quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	dprintf(tty, "%s %s: ", question, where);

	int result = read_line(tty, into, size, err);

	if (result < 0)
		secret_wipe(into, size);
	tcsetattr(tty, TCSAFLUSH, &before);
	dprintf(tty, "\n");
	return result;
}

static int ask(void *user, const char *where, char *into, size_t size, struct error *err)
{
	const struct passphrase_source *source = user;

	if (source->file)
		return read_passphrase_file(source->file, into, size, err);
	return ask_terminal("Passphrase of", where, into, size, err);
}

void passphrase_source_init(struct passphrase_source *source, const struct args *args)
{
	*source = (struct passphrase_source){ .file = args_text(args, "passphrase-file") };
	source->passphrase = (struct passphrase){ .ask = ask, .user = source };
}

int passphrase_choose(struct passphrase_source *source, const char *where, char *into,
		      struct error *err)
{
	char again[PASSPHRASE_LIMIT];
	int same;

	if (source->file)
		return read_passphrase_file(source->file, into, PASSPHRASE_LIMIT, err);
	if (ask_terminal("New passphrase for", where, into, PASSPHRASE_LIMIT, err) < 0 ||
	    ask_terminal("Again, for", where, again, sizeof(again), err) < 0)
		return -1;
	same = !strcmp(into, again);
	secret_wipe(again, sizeof(again));
	if (!same || !*into)
		return error_set(err, ERROR_INVALID, same ? "an empty passphrase protects nothing" :
							    "the two are not the same");
	return 0;
}

void keys_clear(struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		key_free(keys->items[i]);
	free(keys->items);
	*keys = (struct keys){ 0 };
}

/* A URI names no file, and a token guards itself. */
static void warn_of_readers(const struct args *args, const char *where)
{
	struct stat info;

	if (stat(where, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077))
		progress_say(args->progress,
			     "%s is a private key that other users of this machine may read (mode %03o): "
			     "chmod 600 %s", where, info.st_mode & 0777, where);
}

int keys_open(const struct args *args, struct keys *ret_keys, struct error *err)
{
	auto_text_list struct text_list names = { 0 };
	auto_keys struct keys keys = { 0 };
	struct passphrase_source source;

	passphrase_source_init(&source, args);
	args_all(args, "key", &names);
	if (!names.count)
		return error_set(err, ERROR_USAGE,
				 "there is nothing to sign with; give --key FILE");
	for (size_t i = 0; i < names.count; i++) {
		ARRAY_GROW(keys.items, keys.capacity, keys.count + 1);
		if (key_open(names.items[i], &source.passphrase, &keys.items[keys.count], err) < 0)
			return -1;
		keys.count++;
		warn_of_readers(args, names.items[i]);
	}
	*ret_keys = keys;
	keys = (struct keys){ 0 };
	return 0;
}
