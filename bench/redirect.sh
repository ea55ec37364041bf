# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the machine; bench/redirect puts ROUNDS in front.
# From 6.4 on a transition rewrites every call of cond_resched() while it runs. QEMU's emulation of
# two processors loses such a rewrite now and then under load (an int3 that nobody owns, or a hang);
# the kernel and real processors do not.
case "$(uname -r)" in
6.1.*) ;;
*) echo 0 >/sys/devices/system/cpu/cpu1/online ;;
esac

cost() { # WORD
	i=0
	while [ $i -lt 5 ]; do
		echo "@cost $1 $(cat /sys/module/bench_calls/parameters/cost)"
		i=$((i + 1))
	done
}

transitions() { # WORD
	i=0
	while [ $i -lt "$ROUNDS" ]; do
		for way in load unload; do
			suture $way --json lp_bench.ko >result || exit
			sed -n "s/.*\"seconds\": \([0-9.]*\).*/@$way $1 \1/p" result
		done
		i=$((i + 1))
	done
}

insmod bench_calls.ko || exit
cost plain
insmod bench_handler.ko || exit
cost handler
rmmod bench_handler
suture load lp_bench.ko || exit
cost livepatch
suture unload lp_bench || exit
cost plain

transitions idle
for n in 1 2 3 4; do (while :; do cat /proc/meminfo | wc >/dev/null; done) & done
transitions busy
kill $(jobs -p)
