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

# module_load NAME: a module of the kernel, after those that it needs
module_load() {
	for file in $(cat "order.$1"); do
		name=$(echo "${file%.ko}" | tr - _)
		[ -d "/sys/module/$name" ] || insmod "$file" || fail "insmod $file failed"
	done
}
