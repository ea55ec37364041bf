shows /proc/self/status '^State:	R (running)$'
shows /proc/self/stat ' R '
