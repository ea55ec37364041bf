shows /proc/self/status '^State:	R (racing)$'
shows /proc/self/stat ' R '
