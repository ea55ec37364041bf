# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one case in the machine, between marks in the output and in the kernel's log, and cleans up
# behind a case that failed half-way.
slug=$1

echo "@case begin $slug 0"
echo "@case begin $slug 0" >/dev/kmsg
sh "case-$slug.sh"
status=$?
echo
echo "@case end $slug $status"
echo "@case end $slug $status" >/dev/kmsg

for patch in /sys/kernel/livepatch/*; do
	[ ! -d "$patch" ] || suture unload "$(basename "$patch")"
done
for file in *.ko; do
	name=$(echo "${file%.ko}" | tr - _)
	[ ! -d "/sys/module/$name/holders" ] || rmmod "$name" 2>/dev/null
done
true
