is 0 "$(cat /sys/devices/system/cpu/smt/active)"
[ "$(grep -c ' t active_show$' /proc/kallsyms)" -gt 1 ] || fail "active_show is unique here"
