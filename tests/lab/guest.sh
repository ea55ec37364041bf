# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts of the cases can use. PATCH is the file of the case's livepatch, or the first of
# several; PATCH_<name> is the one of that build.

fail() {
	echo "$*"
	exit 1
}

# is WANTED GOT
is() {
	[ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# shows FILE PATTERN, hides FILE PATTERN
shows() {
	grep -q -- "$2" "$1" || fail "$1 does not show '$2'"
}

hides() {
	! grep -q -- "$2" "$1" || fail "$1 shows '$2'"
}

# comes COMMAND...: asks until it holds. How long that takes is the host's affair.
comes() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || fail "it does not come: $*"
		sleep 0.2
	done
}

# is_said: waits until all that was printed is outside of the machine, which goes down next. It is carried by
# a cat (src/lab/guest.c): it has passed on everything when it waits in read(2), which is call 0; stty then
# waits for the port.
is_said() {
	for process in /proc/[0-9]*; do
		[ "$(tr '\0' ' ' 2>/dev/null <$process/cmdline)" != "cat /run/output " ] ||
			until grep -q '^0 ' $process/syscall; do sleep 0.1; done
	done
	stty -F /dev/ttyS1 raw
}

# patch_load [FILE.ko], patch_unload [FILE.ko]
patch_load() {
	suture load --wait 300 "${1:-$PATCH}" || fail "loading ${1:-$PATCH} failed with status $?"
	for function in "/sys/kernel/livepatch/$(basename "${1:-$PATCH}" .ko)"/*/*,*; do
		[ ! -d "$function" ] || echo "@function ${function#/sys/kernel/livepatch/}"
	done
}

patch_unload() {
	suture unload --wait 300 "$(basename "${1:-$PATCH}" .ko)" ||
		fail "unloading ${1:-$PATCH} failed with status $?"
}

# module_unload NAME...: a socket that was closed may be in the kernel's hands for a moment more
module_unload() {
	for name in "$@"; do
		comes rmmod "$name"
	done
}

# module_load NAME: a module of the kernel, after those that it needs
module_load() {
	for file in $(cat "order.$1"); do
		name=$(echo "${file%.ko}" | tr - _)
		[ -d "/sys/module/$name" ] || insmod "$file" || fail "insmod $file failed"
	done
}
