// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/enrol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/checkin.h"
#include "agent/privilege.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

/* What comes through the pipe, of a size that is known. The child may have been taken over: nothing of
 * it is believed. */
struct answer {
	enum error_code code;
	char message[sizeof(((struct error *)NULL)->msg)];
	char machine_id[128];
	char secret[1024];
};

static void ask(const char *root, int token_fd, struct answer *answer)
{
	auto_credential struct credential credential = { 0 };
	struct error err = ERROR_INIT;

	if (privilege_drop(root, &err) < 0 || checkin_enrol_from(root, token_fd, &credential, &err) < 0) {
		answer->code = err.code;
		snprintf(answer->message, sizeof(answer->message), "%s", err.msg);
		return;
	}
	/* One that does not fit is cut, and no credential then. */
	snprintf(answer->machine_id, sizeof(answer->machine_id), "%s", credential.machine_id);
	snprintf(answer->secret, sizeof(answer->secret), "%s", credential.secret);
}

static _Noreturn void be_child(const char *root, int token_fd, int out)
{
	struct answer answer = { 0 };
	ssize_t written;

	ask(root, token_fd, &answer);
	written = write(out, &answer, sizeof(answer));
	_exit(written != sizeof(answer));
}

/* A signal to us alone ends the child as well, which then says so. */
static bool read_answer(int in, pid_t child, struct answer *answer)
{
	size_t done = 0;

	while (done < sizeof(*answer)) {
		ssize_t got = read(in, (char *)answer + done, sizeof(*answer) - done);

		if (got < 0 && errno == EINTR) {
			if (was_interrupted())
				kill(child, SIGTERM);
			continue;
		}
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	answer->message[sizeof(answer->message) - 1] = 0;
	answer->machine_id[sizeof(answer->machine_id) - 1] = 0;
	answer->secret[sizeof(answer->secret) - 1] = 0;
	return true;
}

static int judge_answer(const struct answer *answer, struct error *err)
{
	auto_free char *message = text_printable(answer->message, false);

	if (answer->code == ERROR_NONE)
		return 0;
	return error_set(err, answer->code > ERROR_NONE && answer->code <= ERROR_INTERRUPTED ?
			 answer->code : ERROR_FAILED, "%s", message);
}

static int start_child(const char *root, int token_fd, int *ret_in, pid_t *ret_child,
		       struct error *err)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	child = fork();
	if (child == 0) {
		close(ends[0]);
		be_child(root, token_fd, ends[1]);
	}
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_errno(err, "cannot start the part that asks the server");
	}
	*ret_in = ends[0];
	*ret_child = child;
	return 0;
}

int enrol_machine(const char *root, int token_fd, char **ret_machine_id, struct error *err)
{
	struct answer answer = { 0 };
	auto_close int in = -1;
	int status = 0, result;
	pid_t child = -1;

	if (start_child(root, token_fd, &in, &child, err) < 0)
		return -1;

	bool is_whole = read_answer(in, child, &answer);

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_whole)
		return error_set(err, ERROR_FAILED, "the part that asks the server ended without an "
				 "answer (status %d)", status);
	result = judge_answer(&answer, err);
	if (result == 0) {
		const struct credential credential = { .machine_id = answer.machine_id,
						       .secret = answer.secret };

		result = credential_write(root, &credential, err);
	}
	if (result == 0)
		*ret_machine_id = xstrdup(answer.machine_id);
	explicit_bzero(&answer, sizeof(answer));
	return result;
}
