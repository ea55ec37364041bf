switch=/proc/sys/vm/overcommit_memory

# Twice the machine's memory in one piece, not touched: the switch alone decides whether it is given.
asks() {
	size=$(awk '/^MemTotal/ { print 2 * $2 }' /proc/meminfo)
	dd if=/dev/null of=/dev/null bs="${size}k" 2>/dev/null && echo given || echo refused
}

# What the copy reads must be the kernel's own variables, with what they hold now.
follows_the_switches() {
	for mode in 1 0 1 2; do
		echo $mode >$switch
		answers="$answers $(asks)"
	done
	echo 400 >/proc/sys/vm/overcommit_ratio # and mode 2 has room for it
	answers="$answers $(asks)"
	echo 50 >/proc/sys/vm/overcommit_ratio
	echo 0 >$switch
	is " given refused given refused given" "$answers"
	answers=
}

module_load zram
follows_the_switches
patch_load "$PATCH_kernel"
patch_load "$PATCH_module"
follows_the_switches
is 0 "$(cat /sys/block/zram0/initstate)"
patch_unload "$PATCH_module"
patch_unload "$PATCH_kernel"
follows_the_switches
rmmod zram
