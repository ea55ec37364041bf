refuses() {
	! suture load "$1" || fail "$1 was loaded"
}

patch_load "$PATCH_first"
shows /proc/cmdline ' first$'
refuses "$PATCH_stranger"
shows /proc/cmdline ' first$'
patch_load "$PATCH_second"
shows /proc/cmdline ' second$'
refuses "$PATCH_first"
shows /proc/cmdline ' second$'
patch_unload "$PATCH_second"
hides /proc/cmdline ' second$'
