mkdir -p /etc/suture
echo "$ID" >/etc/machine-id
cat >/etc/suture/suture.conf <<END
repo = https://10.0.2.100:$PORT/repo
server = https://10.0.2.100:$PORT
root_fingerprint = $FINGERPRINT
ca_file = /lab/ca.pem
probation_minutes = 0
END
suture-fetch --enrol <token || fail "enrolment ends with $?"

# root's file, for the fetcher to read
is "0 990 640" "$(stat -c '%u %g %a' /etc/suture/credential)"

# its own module, and no other kernel's; there is no way to anything but the one port
until_level 1
now one
is "990 990" "$(stat -c '%u %g' /var/lib/suture-fetch/last.json)"
is "$OWN.ko" "$(cd /var/lib/suture/patches && ls -- *.ko)"
! nc -w 2 10.0.2.2 "$PORT" </dev/null || fail "the host can be reached"
suture status >out
grep -q "^coverage *ok *kernel served until $SERVED_UNTIL" out || fail "$(cat out)"
is applied-committed "$(suture-agent --once; state one)"

# a promoted one arrives
until_level 2
now two

# a revoked one is taken back, and the committed one of before returns
until_level 1
now one
is revoked "$(state two)"

# one that the kernel warns about is taken back by itself, by an agent that waits for nothing else
sed -i 's/^probation_minutes.*/probation_minutes = 60/' /etc/suture/suture.conf
until_level 3
suture-agent --watch &
watcher=$!
sleep 1 # or it finds the warning as soon as it looks
grep VmRSS /proc/$watcher/status
cat /proc/loadavg
# it is back when every task has it: to end the agent before that would turn it round
tries=0
until [ "$(head -n 1 /proc/loadavg)" = "patched: one" ] &&
	[ "$(cat /sys/kernel/livepatch/*/transition)" = 0 ]; do
	tries=$((tries + 1))
	[ $tries -lt 6000 ] || fail "nobody takes the patch back"
	sleep 0.1
done
kill $watcher
wait $watcher
sed -i 's/^probation_minutes.*/probation_minutes = 0/' /etc/suture/suture.conf
suture-agent --once
now one
is taken-back "$(state warns)"
until_level 1
come is_revoked warns
now one
if [ $DIES = no ]; then
	suture-agent --end || fail "--end ends with $?"
	echo "@end"
	exit
fi

# one that takes the machine down
until_level 4
echo "@store $(tar c -C / etc/suture etc/machine-id var/lib/suture var/lib/suture-fetch | gzip |
	base64 | tr -d '\n')"
is_said
cat /proc/loadavg
fail "it did not go down"
