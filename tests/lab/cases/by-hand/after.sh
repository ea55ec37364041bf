insmod call_capable.ko cap=99999999 || fail "insmod failed"
rmmod call_capable
insmod call_capable.ko cap=21 || fail "insmod failed"
rmmod call_capable
