read up idle </proc/uptime
[ "${up%.*}" -gt 1000000 ] || fail "/proc/uptime: up for $up s"
uptime | grep -q ' 11 days' || fail "sysinfo(2): $(uptime)"
