// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/guest.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/digest.h"
#include "base/memory.h"

const char guest_drain[] =
	/* A process that ended and was not waited for yet is a zombie: not running. */
	"is_running() {\n"
	"	read line 2>/dev/null </proc/$1/stat || return\n"
	"	case \"$line\" in *') Z '*) return 1;; esac\n"
	"}\n"
	/* In read(2), which is system call 0: it has passed on all that there was. A kernel that does not
	 * tell leaves it at that. */
	"waits_for_more() {\n"
	"	read line 2>/dev/null </proc/$1/syscall || return 0\n"
	"	case \"$line\" in '0 '*) ;; *) return 1;; esac\n"
	"}\n"
	"drain() {\n"
	"	tries=0\n"
	"	while is_running $1 && [ $tries -lt 1200 ] &&\n"
	"		{ [ $tries -lt $2 ] || ! waits_for_more $1; }; do\n"
	"		tries=$((tries + 1))\n"
	"		sleep 0.05\n"
	"	done\n"
	"	kill $1 2>/dev/null\n"
	"	wait $1 2>/dev/null\n" /* the shell would say that it was ended */
	"}\n";

static const char init_start[] =
	"/bin/busybox mkdir -p /usr/sbin /usr/bin /sbin\n"
	"/bin/busybox --install -s\n"
	"export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/tmp\n"
	"mount -t proc proc /proc\n"
	"mount -t sysfs sysfs /sys\n"
	"mount -t devtmpfs devtmpfs /dev\n"
	"mount -t tmpfs tmpfs /tmp\n"
	"mount -t tmpfs tmpfs /run\n"
	"mount -t tracefs tracefs /sys/kernel/tracing\n"
	"mount -t debugfs debugfs /sys/kernel/debug\n"
	"hostname lab\n"
	"ip link set lo up\n"
	/* Raw: what a step writes arrives as it was written. */
	"stty -F /dev/ttyS1 raw -echo\n"
	"exec 3>/dev/ttyS1\n"
	"uptime() { read up rest </proc/uptime; }\n"
	"say() { uptime; printf '%s %s %s\\n' \"$mark\" \"$*\" \"$up\" >&3; }\n"
	"finish() {\n"
	"	say done\n"
	"	exec 3>&-\n" /* waits until the port has sent everything */
	"	reboot -f\n"
	"}\n"
	/* run STEP GO_ON. What a step writes goes through a pipe: programs are to see that it is no
	 * terminal. */
	"run() {\n"
	"	echo \"$mark begin $1\" >/dev/kmsg\n"
	"	say \"begin $1\"\n"
	"	rm -f /run/output\n"
	"	mkfifo /run/output\n" /* a new one: the last step's leftovers have the old one */
	"	cat /run/output >&3 &\n"
	"	reader=$!\n"
	"	(cd " GUEST_FOLDER " && exec sh " GUEST_FOLDER "/.steps/$1) \\\n"
	"		</dev/null >/run/output 2>&1 3>&-\n"
	"	status=$?\n"
	"	drain $reader 40\n"
	"	printf '\\n' >&3\n"
	"	say \"end $1 $status\"\n"
	"	echo \"$mark end $1\" >/dev/kmsg\n"
	"	[ $status = 0 ] || [ $2 = 1 ] || finish\n"
	"}\n"
	"say boot\n";

char *guest_step_path(size_t step)
{
	return xasprintf(GUEST_FOLDER "/.steps/%zu", step);
}

void guest_init_write(const struct guest_step *steps, size_t count, const char *mark,
		      const char *library_path, struct buffer *into)
{
	buffer_printf(into, "#!/bin/busybox sh\nmark=%s\n", mark);
	if (*library_path)
		buffer_printf(into, "export LD_LIBRARY_PATH=%s\n", library_path);
	buffer_add_text(into, guest_drain);
	buffer_add_text(into, init_start);
	for (size_t i = 0; i < count; i++)
		buffer_printf(into, "run %zu %d\n", i, steps[i].go_on);
	buffer_add_text(into, "finish\n");
}

char *guest_mark_new(void)
{
	uint8_t bytes[12];
	char hex[2 * sizeof(bytes) + 1];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	hex_encode(bytes, sizeof(bytes), hex);
	return xasprintf("@lab-%s", hex);
}
