module_load zram
patch_load
is P "$(head -c 1 /sys/block/zram0/comp_algorithm)"
rmmod zram
insmod zram.ko 2>/dev/null && fail "this kernel can load it again: the case is out of date"
suture status >out
cat out
shows out "zram is not loaded: the kernel refused to load it because of this patch"
patch_unload
module_load zram
patch_load
is P "$(head -c 1 /sys/block/zram0/comp_algorithm)"
patch_unload
rmmod zram
