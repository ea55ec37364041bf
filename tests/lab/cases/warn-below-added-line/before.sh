insmod proc_make.ko name=forbidden || fail "insmod failed"
[ -d /proc/forbidden ] || fail "the folder is not there"
rmmod proc_make
insmod proc_make.ko name=77 || fail "insmod failed"
rmmod proc_make
