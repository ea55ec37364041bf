# The object is the file's inode, which nobody may drop meanwhile.
exec 3</proc/cmdline
shows /proc/cmdline ' read 1 times$'
shows /proc/cmdline ' read 2 times$'
