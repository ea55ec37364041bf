# With the livepatch.
set -e
insmod call_capable.ko
rmmod call_capable
dmesg | grep -o 'Invalid capability: .*'
echo "still alive"
grep -i vmalloctotal /proc/meminfo
grep -q '^VMALLOCTOTAL: ' /proc/meminfo
cd /sys/kernel/livepatch
for file in */enabled */transition */*/*,*; do
	if [ -d "$file" ]; then
		echo "/sys/kernel/livepatch/$file/"
	else
		echo "/sys/kernel/livepatch/$file: $(cat "$file")"
	fi
done
suture status
