# livepatches at boot: kept, applied, on probation, committed; and the machine goes down with one
suture boot apply
is 2 $?
suture boot enable lp_meminfo_one.ko || fail "enable ends with $?"
suture boot enable lp_parking.ko || fail "enable ends with $?"
suture boot apply 2>/dev/null || fail "apply ends with $?"
is "patched: one" "$(cat /proc/meminfo)"
suture boot list >out
shows out "^lp_meminfo_one  *probation"
suture boot commit || fail "commit ends with $?"
suture boot list >out
shows out "^lp_meminfo_one  *committed"
suture unload lp_meminfo_one >/dev/null && suture boot apply 2>/dev/null
suture boot end
suture boot list >out
shows out "^lp_meminfo_one  *waiting"

# nothing is loaded from where others may write
chmod go+w /var/lib/suture/boot
suture unload lp_meminfo_one >/dev/null
suture boot apply 2>err
is 6 $?
shows err "may be written to by others"
chmod go-w /var/lib/suture/boot

# the file that was enabled, or none
printf x >>/var/lib/suture/boot/*/lp_parking.ko 2>/dev/null ||
	for file in /var/lib/suture/boot/*/lp_parking.ko; do printf x >>"$file"; done
suture unload lp_parking >/dev/null
suture boot apply 2>err
is 6 $?
shows err "is not the file that was enabled"
suture boot disable lp_parking || fail "disable ends with $?"

# the mode in suture.conf counts here as well
mkdir -p /etc/suture
echo "mode = no-apply" >/etc/suture/suture.conf
suture boot apply 2>err
is 10 $?
shows err "nothing is applied"
rm /etc/suture/suture.conf

# the machine goes down with two on probation, of which one was committed before
suture boot enable lp_parking.ko || fail "enable ends with $?"
suture boot apply 2>/dev/null || fail "apply ends with $?"
suture boot commit || fail "commit ends with $?"
suture unload lp_parking >/dev/null && suture unload lp_meminfo_one >/dev/null
suture boot enable lp_meminfo_one.ko || fail "enable ends with $?"
suture boot apply 2>/dev/null || fail "apply ends with $?"
echo "@store $(tar c -C /var/lib suture | gzip | base64 | tr -d '\n')"
is_said
echo c >/proc/sysrq-trigger
