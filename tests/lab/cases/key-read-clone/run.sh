tracing=/sys/kernel/tracing
event=events/vsock/virtio_transport_recv_pkt/enable

answers() { # PORT ERROR [SECONDS]
	is "$2" "$(./vsock_connect "$1" "${3:-120}")"
}

# What nobody listens to is answered by virtio_transport_reset_no_sock(), of which the kernel has a clone.
[ -e $tracing/events ] || mount -t tracefs tracefs $tracing || fail "no tracefs"
module_load vsock_loopback
answers 4 ECONNRESET
answers 5 ECONNRESET
patch_load
answers 4 ETIMEDOUT 2
answers 5 ECONNRESET
hides $tracing/trace "virtio_transport_recv_pkt: "
echo 1 >$tracing/$event || fail "no such event"
answers 5 ECONNRESET
shows $tracing/trace 'virtio_transport_recv_pkt: '
echo 0 >$tracing/$event
echo >$tracing/trace
answers 5 ECONNRESET
hides $tracing/trace 'virtio_transport_recv_pkt: '
patch_unload
answers 4 ECONNRESET
module_unload vsock_loopback vmw_vsock_virtio_transport_common vsock
