hides /proc/loadavg weight
