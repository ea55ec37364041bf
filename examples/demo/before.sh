# Without the livepatch, before and after it.
grep -i vmalloctotal /proc/meminfo
grep -q '^VmallocTotal: ' /proc/meminfo
