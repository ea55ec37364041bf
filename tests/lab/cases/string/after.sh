shows /proc/meminfo '^VMALLOCTOTAL: .* kB$'
hides /proc/meminfo VmallocTotal
