noted() {
	is "$1" "$(grep -c ' noted$' /proc/cmdline)"
}

noted 0
patch_load
noted 1
module_load zram
patch_unload
noted 0
rmmod zram
