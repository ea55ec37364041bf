only() {
	is "$1" "$(ls /sys/kernel/livepatch)"
}

first() {
	only "${PATCH_first%.ko}"
	shows /proc/meminfo VMALLOCTOTAL
	shows /proc/meminfo VmallocUsed
	shows /proc/version patched
}

patch_load "$PATCH_first"
first
patch_load "$PATCH_second"
only "${PATCH_second%.ko}"
shows /proc/meminfo VmallocTotal
shows /proc/meminfo VMALLOCUSED
hides /proc/version patched
patch_load "$PATCH_first"
first
patch_unload "$PATCH_first"
only ''
shows /proc/meminfo VmallocTotal
shows /proc/meminfo VmallocUsed
hides /proc/version patched
