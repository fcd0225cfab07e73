#!/bin/sh
# Two hosts on one machine: two network namespaces joined by a cable. In a namespace of its own, which takes everything
# with it when the script ends, and needs no root where user namespaces are allowed:
#   unshare --map-root-user --net --mount sh tests/training/two_hosts.sh OUTPUT 'COMMAND'
# COMMAND runs on each host, with HOST (0 or 1), ADDRESS (of host 0) and GLOO_SOCKET_IFNAME; output to OUTPUT.0, OUTPUT.1.
set -e
mount -t tmpfs tmpfs /run # where `ip netns` keeps names
ip netns add host0
ip netns add host1
ip link add eth0 netns host0 type veth peer name eth1 netns host1
for HOST in 0 1; do
    ip netns exec host$HOST ip addr add 10.77.0.$((HOST + 1))/24 dev eth$HOST
    ip netns exec host$HOST ip link set eth$HOST up
    ip netns exec host$HOST ip link set lo up
done
export HOST ADDRESS=10.77.0.1 GLOO_SOCKET_IFNAME
for HOST in 1 0; do
    GLOO_SOCKET_IFNAME=eth$HOST
    ip netns exec host$HOST sh -c "$2" >"$1.$HOST" 2>&1 &
done
wait $! # of host 0
