tar xz -C / -f store.tar.gz || fail "no store"
suture-agent --boot
is 6 $?
now one
is crashed-previously "$(state dies)"
suture-fetch --now || fail "the refresh ends with $?"
suture-agent --once
is 6 $?
now one
suture-fetch --check-in || fail "check-in ends with $?"
suture-agent --end || fail "--end ends with $?"
echo "@recovered"
