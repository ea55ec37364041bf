only() {
	is "$1" "$(ls /sys/kernel/livepatch)"
}

first() {
	only first
	shows /proc/meminfo VMALLOCTOTAL
	shows /proc/meminfo VmallocUsed
	shows /proc/version patched
}

patch_load first.ko
first
patch_load second.ko
only second
shows /proc/meminfo VmallocTotal
shows /proc/meminfo VMALLOCUSED
hides /proc/version patched
patch_load first.ko
first
patch_unload first.ko
only ''
shows /proc/meminfo VmallocTotal
shows /proc/meminfo VmallocUsed
hides /proc/version patched
