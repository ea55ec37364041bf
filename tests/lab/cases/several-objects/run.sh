unpatched() {
	shows /proc/meminfo '^VmallocTotal: .* kB$'
	hides /proc/version patched
	is 0 "$(cat /sys/block/zram0/initstate)"
}

module_load zram
unpatched
patch_load
shows /proc/meminfo '^VMALLOCTOTAL: .* kB$'
hides /proc/meminfo '^VmallocUsed: *4444 kB$'
shows /proc/version '^Linux version'
shows /proc/version '^patched while it runs$'
# The module's own, and not that of the kernel proper, which has the same name; and the other way round.
is "patched 0 1111" "$(cat /sys/block/zram0/initstate)"
patch_unload
unpatched
rmmod zram
