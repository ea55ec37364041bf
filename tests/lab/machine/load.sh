# load, list, status, unload; what is replaced, and that nothing is left behind
suture status >out || fail "status of an unpatched machine ends with $?"
shows out "protection  none"
suture load lp_meminfo_one.ko || fail "load ends with $?"
is "patched: one" "$(cat /proc/meminfo)"
suture list >out
shows out "^lp_meminfo_one  *applied  *1 function"
suture status --json >out || fail "status ends with $?"
shows out '"name": "meminfo_proc_show"'
shows out '"effect": "in-effect"'
shows out '"since": [0-9]'
suture load lp_meminfo_one.ko 2>out
is 2 $?
shows out "loaded already"

# replaced modules are removed once free
suture load lp_meminfo_two.ko >out || fail "load ends with $?"
shows out "lp_meminfo_one was replaced by it and is removed"
is "patched: two" "$(cat /proc/meminfo)"
[ ! -d /sys/module/lp_meminfo_one ] || fail "the replaced module is still loaded"
suture unload lp_meminfo_two || fail "unload ends with $?"
shows /proc/meminfo "^MemTotal"

# replaced by something else than suture they stay: status says so, unload removes them
suture load lp_meminfo_one.ko >/dev/null || fail "load ends with $?"
insmod lp_meminfo_two.ko
while [ "$(cat /sys/kernel/livepatch/lp_meminfo_two/transition)" = 1 ] ||
	[ -d /sys/kernel/livepatch/lp_meminfo_one ]; do sleep 1; done
suture status >out
shows out "lp_meminfo_one: leftover"
suture unload lp_meminfo_one || fail "removing the leftover ends with $?"
suture unload lp_meminfo_two || fail "unload ends with $?"
is "no livepatch is loaded" "$(suture list)"
suture unload lp_meminfo_two 2>out
is 3 $?

# a module that comes later is patched when it comes
suture load lp_parking.ko || fail "load ends with $?"
suture status >out || fail "status ends with $?"
shows out "parking is not loaded; it will be patched when it comes"
insmod parking.ko
suture status >out || fail "status ends with $?"
shows out "parking:parking_place  in-effect"
rmmod parking
suture unload lp_parking || fail "unload ends with $?"
is "" "$(lsmod | sed 1d)"
