is /var/crash/core "$(cat /proc/sys/kernel/core_pattern)"
