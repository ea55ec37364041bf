insmod call_capable.ko cap=21 || fail "insmod failed"
rmmod call_capable
