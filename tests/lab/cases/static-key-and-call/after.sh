switch=/sys/kernel/tracing/events/sched/sched_switch/enable
[ -e $switch ] || mount -t tracefs tracefs /sys/kernel/tracing || fail "no tracefs"

shows /proc/cmdline ' called$'
hides /proc/cmdline ' traced'
echo 1 >$switch
shows /proc/cmdline ' traced called$'
echo 0 >$switch
hides /proc/cmdline ' traced'
