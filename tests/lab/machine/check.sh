# check, capture, and that a captured tree tells the same as the machine
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
suture check >out || fail "check ends with $?"
shows out "This kernel can be live-patched."
suture load lp_meminfo_one.ko >/dev/null || fail "load ends with $?"
suture capture tree || fail "capture ends with $?"
suture capture tree 2>err && fail "it captured over an older capture"
strip() { sed '/"time"/d; /"since"/d; /"boot_id"/d; /"version": "#/d' "$1"; }
suture status --json >here || fail "status ends with $?"
suture status --json --sysroot tree >there || fail "status of the tree ends with $?"
is "$(strip here)" "$(strip there)"
suture check --json | sed '/"permission"/,$d; /config/d' >here
suture check --json --sysroot tree | sed '/"permission"/,$d; /config/d' >there
sed -i '$d' here
is "$(grep -v '"evidence"' here | head -60)" "$(grep -v '"evidence"' there | head -60)"
grep -rE '[1-9a-f][0-9a-f]{15}' tree/proc/modules tree/sys/kernel/tracing && fail "an address was captured"
suture unload lp_meminfo_one >/dev/null
suture doctor report.json || fail "doctor ends with $?"
shows report.json '"check": "livepatch-sysfs"'
hides report.json "$(cat /proc/sys/kernel/random/boot_id)"
true
