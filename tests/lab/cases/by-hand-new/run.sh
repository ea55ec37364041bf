module_load zram
grep -v '^[A-Z].*: *[0-9]* kB$' /proc/meminfo >before
patch_load "$PATCH_kernel"
patch_load "$PATCH_module"
shows /proc/meminfo '^MemTotal: *[1-9][0-9]* kB$'
shows /proc/meminfo '^VmallocTotal: *[1-9][0-9]* kB$'
grep -v '^[A-Z].*: *[0-9]* kB$' /proc/meminfo >after
is "$(cat before)" "$(cat after)"
is 0 "$(cat /sys/block/zram0/initstate)"
patch_unload "$PATCH_module"
patch_unload "$PATCH_kernel"
rmmod zram
