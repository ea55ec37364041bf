hides /proc/cmdline ' called$'
hides /proc/cmdline ' traced'
