shows /proc/devices '^Characters:$'
