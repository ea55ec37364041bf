# the errors of real life, in clear words and with the exit status of the table
fails() { # STATUS WORDS COMMAND...
	status=$1 words=$2
	shift 2
	"$@" >out 2>err
	got=$?
	[ $got = "$status" ] || fail "'$*' ended with $got, not $status: $(cat err)"
	shows err "$words"
	is "no livepatch is loaded" "$(suture list)"
}

echo 'joe:x:1000:1000::/:/bin/sh' >>/etc/passwd
chmod 755 . 
fails 77 "no permission to load modules" su joe -c 'suture load lp_meminfo_one.ko'
sed 's/6\.1\.0-/6.1.9-/; s/6\.12\./6.19./' lp_meminfo_one.ko >other.ko
fails 7 "was built for kernel" suture load other.ko
sed 's/suture.kernel_build_id=[0-9a-f]\{4\}/suture.kernel_build_id=0000/' lp_build_id.ko >other.ko
fails 7 "a different build of the same release" suture load other.ko
suture load lp_build_id.ko 2>err || fail "the right build-id is refused: $(cat err)"
hides err "only the release was compared"
suture unload lp_build_id >/dev/null
insmod parking.ko
sed 's/suture.targets=parking:..../suture.targets=parking:zzzz/' lp_build_id.ko >other.ko
fails 7 "another build" suture load other.ko
rmmod parking
sed 's/klp_enable_patch/klp_enable_potch/g' lp_meminfo_one.ko >other.ko
fails 7 "Unknown symbol klp_enable_potch" suture load other.ko
sed 's/meminfo_proc_show/meminfo_prac_show/g' lp_meminfo_one.ko >other.ko
fails 7 "patches a function that this kernel does not have" suture load other.ko
head -c 3000 lp_meminfo_one.ko >other.ko
fails 1 "section table is outside of the file" suture load other.ko
: >other.ko
fails 1 "no ELF header" suture load other.ko
fails 3 "No such file" suture load nothing.ko
fails 1 "is a folder" suture load /proc
insmod parking.ko
fails 1 "is no livepatch" suture load parking.ko
rmmod parking
fails 3 "no livepatch nothing" suture unload nothing

insmod probe_owner.ko
fails 6 "kprobe with a post handler" suture load lp_meminfo_one.ko
suture check >out
shows out "1 redirected: meminfo_proc_show"
rmmod probe_owner

echo 0 >/proc/sys/kernel/ftrace_enabled
fails 6 "ftrace_enabled is 0" suture load lp_meminfo_one.ko
suture check >out
is 6 $?
echo 1 >/proc/sys/kernel/ftrace_enabled

mkdir -p /run/systemd
echo docker >/run/systemd/container
fails 77 "this is a container" su joe -c 'suture load lp_meminfo_one.ko'
rm /run/systemd/container

umount /sys/kernel/tracing 2>/dev/null
mv_list() { umount "$1" 2>/dev/null; }
for folder in /sys/kernel/debug /sys/kernel/security; do mv_list $folder; done
suture load lp_meminfo_one.ko >/dev/null 2>&1 || fail "it does not load without tracefs"
suture status --verify >out 2>err
is 77 $?
shows err "tracefs, which is not mounted"
suture unload lp_meminfo_one >/dev/null
umount /sys
suture load lp_meminfo_one.ko 2>err
is 1 $?
shows err "/sys is not mounted"
suture status 2>err
is 1 $?
mount -t sysfs none /sys

# the last ones: they cannot be taken back
suture load lp_meminfo_one.ko >/dev/null 2>&1 || fail "load ends with $?"
mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
suture load lp_meminfo_two.ko 2>err
is 9 $?
shows err "takes signed modules only (lockdown=integrity)"
suture check >out
is 10 $?
echo 1 >/proc/sys/kernel/modules_disabled
suture unload lp_meminfo_one 2>err
is 10 $?
shows err "is disabled; its module stays"
shows /proc/meminfo "^MemTotal"
suture load lp_meminfo_two.ko 2>err
is 10 $?
shows err "modules_disabled is 1"
suture check >out
is 10 $?
