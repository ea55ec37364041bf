# What an administrator does, on a kernel that has no network. FINGERPRINT comes from tests/lab/administrator.
echo 0123456789abcdef0123456789abcdef >/etc/machine-id

# does STATUS WORDS...: shows the command as it is typed, and what it answers
does() {
	wanted=$1
	shift
	echo "$ $*"
	"$@" >out 2>&1
	status=$?
	cat out
	is "$wanted" "$status"
}

# now NAME: what the kernel really does
now() {
	is "patched: $1" "$(cat /proc/loadavg)"
}

does 0 suture status
does 0 suture enable --repo file:///srv/patches --root-fingerprint "$FINGERPRINT"
does 0 suture update --bundle one.bundle
now one
does 0 suture status
shows out "protection  ok          level 1 (one), 1 CVE fixed live"
shows out "freshness   ok"
shows out "coverage    ok"
does 0 suture uname
is "$(uname -r)+suture.1" "$(cat out)"
does 2 suture update --dry-run
does 0 suture update --bundle two.bundle
now two
does 0 suture cve
shows out "CVE-2026-0002 *fixed-live"
does 0 suture list
does 0 suture rollback --dry-run
shows out "opens again: CVE-2026-0002"
now two
does 0 suture rollback
now one
does 10 suture status
shows out "level 1 (one)"
does 4 suture cve CVE-2026-0002
does 0 suture unpin
does 0 suture update --bundle two.bundle
now two
does 0 suture show two
shows out "in-effect"
does 0 suture rollback --none
shows out "no patch is in force"
hides /proc/loadavg patched
is "$(uname -r)" "$(suture uname)"
does 0 suture history
does 0 suture reboot-needed
does 0 suture disable
