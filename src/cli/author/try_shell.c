// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/try_shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "lab/guest.h"

/* The guest's address in QEMU's user network, see machine.h. */
static const char network_setup[] =
	"ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up || echo 'no network' >&2\n";

/* A person's terminal: an interactive shell with job control. */
static void add_interactive(const char *welcome, struct buffer *into)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	buffer_printf(into, "stty -F " GUEST_TERMINAL " sane -onlcr rows %u cols %u\n",
		      size.ws_row ? size.ws_row : 24u, size.ws_col ? size.ws_col : 80u);
	buffer_printf(into, "exec <" GUEST_TERMINAL " >" GUEST_TERMINAL " 2>&1\n"
		      "printf '\\r\\033[K%%s\\n' \"%s\"\n"
		      "PS1='# ' HISTFILE= setsid -c sh -i\n", welcome);
}

/* A program: commands come as lines, nothing is echoed, and what they run sees no terminal. What is left
 * running in the background holds the pipe open; nobody waits for it long. */
static void add_piped(const char *welcome, struct buffer *into)
{
	buffer_add_text(into, guest_drain);
	buffer_printf(into, "stty -F " GUEST_TERMINAL " sane -echo -onlcr\n"
		      "mkfifo /run/shell\n"
		      "cat /run/shell >" GUEST_TERMINAL " &\n"
		      "{ echo \"%s\"; sh; } <" GUEST_TERMINAL " >/run/shell 2>&1\n"
		      "drain $! 4\n", welcome);
}

bool shell_is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

char *shell_script(const char *release, bool network)
{
	auto_buffer struct buffer script = BUFFER_INIT;
	auto_buffer struct buffer welcome = BUFFER_INIT;

	/* machine-id(5): what an installed machine has, it was given when it was installed. */
	buffer_add_text(&script, "mkdir -p /etc\n"
			"[ -e /etc/machine-id ] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id\n");
	if (network)
		buffer_add_text(&script, network_setup);
	buffer_printf(&welcome, "Linux %s in a throw-away machine; files are in " GUEST_FOLDER
		      ", 'exit' ends it", release);
	if (shell_is_terminal())
		add_interactive(buffer_text(&welcome), &script);
	else
		add_piped(buffer_text(&welcome), &script);
	buffer_add_text(&script, "exit 0\n");
	return buffer_steal_text(&script);
}
