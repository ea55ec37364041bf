[ "$(uname -n)" != patched ] || fail "it says so without a patch"
