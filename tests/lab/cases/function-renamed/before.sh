shows /proc/devices '^Character devices:$'
