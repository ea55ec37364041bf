shows /proc/cmdline 'this has been live patched'
