hides /proc/cmdline ' read .* times'
