is core "$(cat /proc/sys/kernel/core_pattern)"
