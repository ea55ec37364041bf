# the boot after the crash: what was never committed is not applied again, until somebody says so
mkdir -p /var/lib
tar xz -C /var/lib -f store.tar.gz || fail "no store"
suture boot list >out
shows out "^lp_meminfo_one  *probation"
shows out "^lp_parking  *probation"
suture boot apply 2>err
is 6 $?
shows err "lp_meminfo_one: not applied: the machine went down with it"
shows /proc/meminfo "^MemTotal"
is lp_parking "$(ls /sys/kernel/livepatch)"
suture boot list >out
shows out "^lp_meminfo_one  *crashed"
shows out "^lp_parking  *probation .*did not end in good order"
suture boot apply 2>err
is 6 $?
suture boot enable lp_meminfo_one.ko || fail "enable ends with $?"
suture boot apply 2>err || fail "apply ends with $?: $(cat err)"
is "patched: one" "$(cat /proc/meminfo)"
