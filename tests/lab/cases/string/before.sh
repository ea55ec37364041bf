shows /proc/meminfo '^VmallocTotal: .* kB$'
hides /proc/meminfo VMALLOCTOTAL
