read up idle </proc/uptime
[ "${up%.*}" -lt 100000 ] || fail "up for $up s"
uptime | grep -q ' 11 days' && fail "$(uptime)"
true
