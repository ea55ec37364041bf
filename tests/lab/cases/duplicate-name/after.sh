is "patched 0" "$(cat /sys/devices/system/cpu/smt/active)"
