state() {
	cat /sys/block/zram0/initstate
}

module_load zram
is 0 "$(state)"
patch_load
is "patched 0" "$(state)"
patch_unload
is 0 "$(state)"
rmmod zram

patch_load
module_load zram
is "patched 0" "$(state)"
rmmod zram
patch_unload

module_load zram
is 0 "$(state)"
rmmod zram
