switch=/sys/kernel/tracing/events/vsock/virtio_transport_recv_pkt/enable

answers() { # PORT ERROR [SECONDS]
	is "$2" "$(./vsock_connect "$1" "${3:-120}")"
}

# The key is the module's own, and is switched while the patched code is there.
patched_story() {
	answers 4 ENETUNREACH # vsock_addr_init() of the module vsock has told the port
	answers 5 ECONNRESET
	echo 1 >$switch || fail "no such event"
	answers 5 ENETUNREACH
	echo 0 >$switch
	answers 5 ECONNRESET
}

[ -e /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing || fail "no tracefs"
module_load vsock_loopback
answers 4 ECONNRESET
answers 5 ECONNRESET
patch_load
patched_story
patch_unload
answers 4 ECONNRESET
module_unload vsock_loopback vmw_vsock_virtio_transport_common vsock

# The key's address is known when the module comes.
patch_load
module_load vsock_loopback
patched_story
module_unload vsock_loopback vmw_vsock_virtio_transport_common vsock
patch_unload
