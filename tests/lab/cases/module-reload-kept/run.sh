module_load zram
patch_load
is 1 "$(head -c 1 /sys/block/zram0/comp_algorithm)"
is 2 "$(head -c 1 /sys/block/zram0/comp_algorithm)"
rmmod zram
module_load zram
is 3 "$(head -c 1 /sys/block/zram0/comp_algorithm)"
patch_unload
patch_load
is 1 "$(head -c 1 /sys/block/zram0/comp_algorithm)"
patch_unload
rmmod zram
