tar xz -C / -f store.tar.gz || fail "no store"
suture-agent --boot
is 6 $?
now one
is crashed-previously "$(state dies)"
suture-fetch --now || fail "the refresh ends with $?"
suture-agent --once
is 6 $?
now one
suture status >out
is 6 $?
grep -q "^protection *ok *level 1 (one)" out || fail "$(cat out)"
grep -q "^coverage *ok *kernel served until $SERVED_UNTIL" out || fail "$(cat out)"
suture-fetch --check-in || fail "check-in ends with $?"
suture-agent --end || fail "--end ends with $?"
echo "@end"
