insmod proc_make.ko name=forbidden || fail "insmod failed"
[ ! -d /proc/forbidden ] || fail "the folder is there"
rmmod proc_make
insmod proc_make.ko name=allowed || fail "insmod failed"
[ -d /proc/allowed ] || fail "the other folder is not there"
rmmod proc_make
insmod proc_make.ko name=77 || fail "insmod failed"
dmesg | grep 'WARNING.*fs/proc/generic.c' | tail -n 1 | grep -qF "[$(basename "$PATCH" .ko)]" ||
	fail "the warning does not come from the patched function"
rmmod proc_make
