// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like any: EFBIG */
}

bool was_interrupted(void)
{
	return interrupted != 0;
}

int interrupt_check(struct error *err)
{
	if (!interrupted)
		return 0;
	return error_set(err, ERROR_INTERRUPTED, "interrupted");
}

#define DEFAULT_OUTPUT_LIMIT ((size_t)16 << 20)

struct stream {
	int fd; /* ours; -1 once closed */
	struct buffer buffer;
};

struct process {
	pid_t pid;
	char *name;
	struct stream out, err, in;
	size_t input_done;
	size_t output_limit;
	double deadline; /* monotonic seconds, 0 = none */
	bool has_terminal; /* was made the terminal's foreground group */
	struct termios terminal; /* how the terminal was before */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void process_result_clear(struct process_result *result)
{
	buffer_clear(&result->out);
	buffer_clear(&result->err);
}

/* The child's ends of the pipes, as it will know them: in, out, err. */
struct child_ends {
	int fd[3];
};

static void close_ends(struct child_ends *ends)
{
	for (int i = 0; i < 3; i++)
		if (ends->fd[i] >= 0)
			close(ends->fd[i]);
}

/* Makes a process group the terminal's foreground. Whoever is not in the foreground itself would be
 * stopped for asking (SIGTTOU), so that is kept off meanwhile. Async-signal-safe. */
static void give_terminal(pid_t group)
{
	sigset_t output, before;

	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	sigprocmask(SIG_BLOCK, &output, &before);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* A program that was killed leaves the terminal as it needed it. */
static void take_terminal(const struct process *process)
{
	sigset_t output, before;

	if (!process->has_terminal)
		return;
	give_terminal(getpgrp());
	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	sigprocmask(SIG_BLOCK, &output, &before);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &process->terminal);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Runs in the child: only async-signal-safe calls; a failure is written to `report`. */
static void __attribute__((noreturn)) run_child(const struct process_spec *spec,
						const struct child_ends *ends, char **env,
						pid_t parent, int report, bool foreground)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (foreground)
		give_terminal(getpid());
	for (int i = 0; i < 3; i++)
		if (ends->fd[i] >= 0 && dup2(ends->fd[i], i) < 0)
			goto fail;
	if (spec->cwd && chdir(spec->cwd) < 0)
		goto fail;
	signal(SIGPIPE, SIG_DFL);
	execvpe(spec->argv[0], (char *const *)spec->argv, env);
fail:;
	int number = errno;
	ssize_t ignored = write(report, &number, sizeof(number));

	(void)ignored;
	_exit(127);
}

extern char **environ;

/* Ours with spec->env on top; the array is the caller's, the texts are not. */
static char **merge_environment(const struct process_spec *spec)
{
	char **env = NULL;
	size_t capacity = 0, count = 0;

	for (char **item = environ; *item; item++) {
		ARRAY_GROW(env, capacity, count + 2);
		env[count++] = *item;
	}
	for (const char *const *item = spec->env; item && *item; item++) {
		size_t length = (size_t)(strchrnul(*item, '=') - *item);
		size_t i = 0;

		while (i < count && (strncmp(env[i], *item, length) || env[i][length] != '='))
			i++;
		if (i == count)
			count++;
		ARRAY_GROW(env, capacity, count + 1);
		env[i] = (char *)*item;
	}
	ARRAY_GROW(env, capacity, count + 1);
	env[count] = NULL;
	return env;
}

static int open_pipe(int *ours, int *theirs, bool we_write)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	*ours = fds[we_write ? 1 : 0];
	*theirs = fds[we_write ? 0 : 1];
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static int open_streams(const struct process_spec *spec, struct process *process,
			struct child_ends *ends)
{
	if (spec->interactive)
		return 0;
	if (spec->input) {
		if (open_pipe(&process->in.fd, &ends->fd[0], true) < 0)
			return -1;
		buffer_add(&process->in.buffer, spec->input, spec->input_size);
	} else {
		ends->fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	if (spec->output_path)
		ends->fd[1] = open(spec->output_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				   0666);
	else if (!spec->inherit_output &&
		 open_pipe(&process->out.fd, &ends->fd[1], false) < 0)
		return -1;
	if (spec->output_path && ends->fd[1] < 0)
		return -1;
	if (!spec->inherit_output && open_pipe(&process->err.fd, &ends->fd[2], false) < 0)
		return -1;
	return ends->fd[0] < 0 ? -1 : 0;
}

/* Waits until the child has either become the program (the pipe closes) or said why not. */
static int wait_for_exec(struct process *process, int report, struct error *err)
{
	int number;
	ssize_t got;

	do {
		got = read(report, &number, sizeof(number));
	} while (got < 0 && errno == EINTR);
	if (got != sizeof(number))
		return 0;
	waitpid(process->pid, NULL, 0);
	process->pid = 0;
	errno = number;
	error_errno(err, "cannot run %s", process->name);
	if (number == ENOENT)
		err->code = ERROR_TOOL;
	return -1;
}

static int spawn(const struct process_spec *spec, struct process *process, struct child_ends *ends,
		 struct error *err)
{
	int report[2];
	pid_t parent = getpid();

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_errno(err, "cannot run %s", process->name);

	char **env = merge_environment(spec);

	process->pid = fork();
	if (process->pid == 0)
		run_child(spec, ends, env, parent, report[1], process->has_terminal);
	free(env);
	close(report[1]);

	auto_close int reader = report[0];

	if (process->pid < 0) {
		process->pid = 0;
		return error_errno(err, "cannot run %s", process->name);
	}
	setpgid(process->pid, process->pid);
	return wait_for_exec(process, reader, err);
}

int process_start(const struct process_spec *spec, struct process **ret_process, struct error *err)
{
	struct process *process = xcalloc(1, sizeof(*process));
	struct child_ends ends = { { -1, -1, -1 } };

	process->in.fd = process->out.fd = process->err.fd = -1;
	process->name = xstrdup(spec->argv[0]);
	process->output_limit = spec->output_limit ? spec->output_limit : DEFAULT_OUTPUT_LIMIT;
	if (spec->timeout_seconds)
		process->deadline = now() + spec->timeout_seconds;
	process->has_terminal = spec->interactive &&
				tcgetattr(STDIN_FILENO, &process->terminal) == 0 &&
				tcgetpgrp(STDIN_FILENO) == getpgrp();

	int result = interrupt_check(err);

	if (result == 0 && open_streams(spec, process, &ends) < 0)
		result = error_errno(err, "cannot run %s", process->name);
	if (result == 0)
		result = spawn(spec, process, &ends, err);
	close_ends(&ends);
	if (result < 0) {
		process_free(process);
		return -1;
	}
	*ret_process = process;
	return 0;
}

pid_t process_pid(const struct process *process)
{
	return process->pid;
}

static void close_stream(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
}

void process_free(struct process *process)
{
	if (!process)
		return;
	if (process->pid > 0) {
		kill(-process->pid, SIGKILL);
		while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	take_terminal(process);
	close_stream(&process->in);
	close_stream(&process->out);
	close_stream(&process->err);
	buffer_clear(&process->in.buffer);
	buffer_clear(&process->out.buffer);
	buffer_clear(&process->err.buffer);
	free(process->name);
	free(process);
}

static void drain(struct process *process, struct stream *stream)
{
	char block[65536];
	ssize_t got = read(stream->fd, block, sizeof(block));

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		close_stream(stream);
		return;
	}
	if (got < 0)
		return;

	size_t room = process->output_limit - stream->buffer.size;

	buffer_add(&stream->buffer, block, (size_t)got < room ? (size_t)got : room);
}

static void feed(struct process *process)
{
	const struct buffer *input = &process->in.buffer;
	ssize_t put = write(process->in.fd, input->data + process->input_done,
			    input->size - process->input_done);

	if (put > 0)
		process->input_done += (size_t)put;
	else if (errno != EAGAIN && errno != EINTR)
		close_stream(&process->in);
	if (process->input_done == input->size)
		close_stream(&process->in);
}

/* One round of moving bytes; waits at most a fifth of a second. */
static void pump(struct process *process)
{
	struct pollfd fds[3] = {
		{ .fd = process->out.fd, .events = POLLIN },
		{ .fd = process->err.fd, .events = POLLIN },
		{ .fd = process->in.fd, .events = POLLOUT },
	};

	if (poll(fds, 3, 200) <= 0)
		return;
	if (fds[0].revents)
		drain(process, &process->out);
	if (fds[1].revents)
		drain(process, &process->err);
	if (fds[2].revents)
		feed(process);
}

/* Signals the group to end, gives it two seconds, then kills it. */
static void end_group(struct process *process)
{
	kill(-process->pid, SIGTERM);
	for (int i = 0; i < 20; i++) {
		siginfo_t info = { 0 };

		waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOWAIT | WNOHANG);
		if (info.si_pid)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	kill(-process->pid, SIGKILL);
}

/* No pipe says when it ends, and there is a deadline to look at: a fifth of a second, or its end. */
static void wait_a_moment(const struct process *process)
{
	auto_close int fd = pidfd_open(process->pid, 0);
	struct pollfd end = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	else
		poll(&end, 1, 200);
}

static bool try_reap(struct process *process, int *ret_status)
{
	int status;
	bool later = process->out.fd >= 0 || process->err.fd >= 0 || process->deadline;

	if (waitpid(process->pid, &status, later ? WNOHANG : 0) != process->pid)
		return false;
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return true;
}

int process_finish(struct process *process, struct process_result *ret_result, struct error *err)
{
	int status = 0;
	bool timed_out = false;

	for (;;) {
		if (was_interrupted()) {
			end_group(process);
			process_free(process);
			return interrupt_check(err);
		}
		if (process->deadline && now() > process->deadline && !timed_out) {
			timed_out = true;
			end_group(process);
		}
		if (process->out.fd >= 0 || process->err.fd >= 0 || process->in.fd >= 0)
			pump(process);
		else if (process->deadline)
			wait_a_moment(process);
		if (try_reap(process, &status))
			break;
	}
	/* What is left in the pipes; a grandchild may still hold them open, so do not wait. */
	for (int i = 0; i < 2; i++) {
		struct stream *stream = i ? &process->err : &process->out;
		size_t before;

		do {
			before = stream->buffer.size;
			if (stream->fd >= 0)
				drain(process, stream);
		} while (stream->buffer.size != before);
	}
	process->pid = 0;
	*ret_result = (struct process_result){ .status = status, .timed_out = timed_out };
	ret_result->out = process->out.buffer;
	ret_result->err = process->err.buffer;
	process->out.buffer = process->err.buffer = BUFFER_INIT;
	process_free(process);
	return 0;
}

int process_run(const struct process_spec *spec, struct process_result *ret_result,
		struct error *err)
{
	struct process *process;

	if (process_start(spec, &process, err) < 0)
		return -1;
	return process_finish(process, ret_result, err);
}

/* The last lines that fit a message, on one line. */
static void tail_of(const struct buffer *output, char *into, size_t size)
{
	const char *text = buffer_text(output);
	size_t length = strlen(text), start = length > size - 1 ? length - (size - 1) : 0;

	strcpy(into, text + start);
	for (char *c = into; *c; c++)
		if (*c == '\n')
			*c = c[1] ? ' ' : 0;
}

int process_result_error(const struct process_result *result, const char *name, struct error *err)
{
	char tail[320];

	tail_of(result->err.size ? &result->err : &result->out, tail, sizeof(tail));
	if (result->timed_out)
		return error_set(err, ERROR_TOOL, "%s took too long and was ended", name);
	return error_set(err, ERROR_TOOL, "%s failed with status %d: %s", name, result->status,
			 *tail ? tail : "(it said nothing)");
}

int process_run_ok(const struct process_spec *spec, struct process_result *ret_result,
		   struct error *err)
{
	auto_process_result struct process_result result = { 0 };

	if (process_run(spec, &result, err) < 0)
		return -1;
	if (result.status != 0)
		return process_result_error(&result, spec->argv[0], err);
	if (ret_result) {
		*ret_result = result;
		result.out = result.err = BUFFER_INIT;
	}
	return 0;
}
