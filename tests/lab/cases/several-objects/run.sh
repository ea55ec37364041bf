unpatched() {
	shows /proc/meminfo '^VmallocTotal: .* kB$'
	hides /proc/version patched
	is 0 "$(cat /sys/block/zram0/initstate)"
}

module_load zram
unpatched
patch_load
shows /proc/meminfo '^VMALLOCTOTAL: .* kB$'
shows /proc/version '^Linux version'
shows /proc/version '^patched while it runs$'
is "patched 0" "$(cat /sys/block/zram0/initstate)"
patch_unload
unpatched
rmmod zram
