is "read 1 weight 110" "$(tail -n 1 /proc/loadavg)"
is "read 2 weight 120" "$(tail -n 1 /proc/loadavg)"
is "read 3 weight 130" "$(tail -n 1 /proc/loadavg)"
