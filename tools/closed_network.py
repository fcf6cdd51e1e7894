"""Runs a command in an isolated network, and fails if it tried to reach the outside.

python -m tools.closed_network COMMAND [WORD ...]

Loopback works as usual. All other packets go to an interface that answers none and records them:
name look-ups, connections and datagrams. Only Linux has such networks; where none can be made, the
command runs in the machine's network, and the last line says that nobody watched.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tools.processes import interrupts_left_to_children

INSIDE = "--inside"
UNSHARE = ["unshare", "--net", "--mount"]
AS_ROOT = ["--user", "--map-root-user"]
"""Other users become root in a user namespace, where the system allows it."""
NAME_SERVER = "192.0.2.53"
"""An address reserved for documentation (RFC 5737), outside of every machine."""
RESOLVING = {
    "resolv.conf": f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
"""Contents, inside the network, of the files in /etc that configure name resolution."""

# linux/if_tun.h, linux/sockios.h, linux/route.h, linux/mount.h
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCSIFFLAGS, SIOCSIFADDR, SIOCADDRT, SIOCGIFINDEX = 0x8914, 0x8916, 0x890B, 0x8933
IFF_UP_RUNNING, RTF_UP, MS_BIND = 0x1 | 0x40, 0x1, 4096
TCP, UDP, DNS, SYN, ACK = 6, 17, 53, 0x02, 0x10
ICMP, ICMP6, FRAGMENT6 = 1, 58, 44
PINGS = {ICMP: 8, ICMP6: 128}
"""The type of an echo request; other messages of these protocols are the kernel's own."""
HEADER = {TCP: 14, UDP: 8, ICMP: 1, ICMP6: 1}
"""Bytes of the header that are read, by protocol."""
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
"""Removed inside: an attempt to reach a proxy on loopback would not be recorded."""


def sightings(packet: bytes) -> tuple[str, object] | None:
    """Return a description of an outgoing packet, and a key that identifies its repetitions.

    None for the kernel's own packets (neighbors, multicast groups) and for later packets.
    """
    protocol, address, offset, start = header(packet)
    if offset:
        return None  # a later fragment of a packet whose first one was seen
    body = packet[start:]
    if len(body) < HEADER.get(protocol, 0):
        return f"packet to {address}", (protocol, body)
    if protocol in PINGS:
        return (f"ping to {address}", body[4:6]) if body[0] == PINGS[protocol] else None
    if protocol not in (TCP, UDP):
        return None
    source, port = struct.unpack_from("!HH", body)
    if protocol == UDP and port == DNS:
        return f"look-up of {name_in(body[8:])}", (source, body[8:10])
    if protocol == UDP:
        return f"datagram to {address}:{port}", source
    if body[13] & (SYN | ACK) == SYN:
        return f"connection to {address}:{port}", source
    return None


def header(packet: bytes) -> tuple[int, str, int, int]:
    """Return an IP packet's protocol, target, fragment offset, and the offset of its contents."""
    if packet[0] >> 4 == 4:
        offset = struct.unpack_from("!H", packet, 6)[0] & 0x1FFF
        address = socket.inet_ntop(socket.AF_INET, packet[16:20])
        return packet[9], address, offset, (packet[0] & 15) * 4
    address = f"[{socket.inet_ntop(socket.AF_INET6, packet[24:40])}]"
    if packet[6] != FRAGMENT6:
        return packet[6], address, 0, 40
    return packet[40], address, struct.unpack_from("!H", packet, 42)[0] >> 3, 48


def name_in(query: bytes) -> str:
    """Return the name in a DNS query."""
    labels, start = [], 12
    while start < len(query) and (size := query[start]):
        labels.append(query[start + 1 : start + 1 + size].decode(errors="replace"))
        start += size + 1
    return ".".join(labels)


class Catcher:
    """The only interface out of the network: it records packets and answers none.

    Raises:
        OSError: this process may not make one.
    """

    def __init__(self, name: str = "outside"):
        self.seen: Counter[str] = Counter()
        self._known: set = set()
        self._tun = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(
            self._tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI)
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))
            fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16s16s8x", name.encode(), address))
            for interface in ("lo", name):
                up = struct.pack("16sH22x", interface.encode(), IFF_UP_RUNNING)
                fcntl.ioctl(control, SIOCSIFFLAGS, up)
            number = fcntl.ioctl(control, SIOCGIFINDEX, struct.pack("16s24x", name.encode()))
            index = struct.unpack_from("i", number, 16)[0]
            anywhere, device = struct.pack("H14x", socket.AF_INET), ctypes.c_char_p(name.encode())
            pointer = ctypes.cast(device, ctypes.c_void_p).value
            # struct rtentry: destination, gateway and mask are all nought, so all goes there.
            route = struct.pack("L16s16s16sHhLLhLLLH0L", 0, anywhere, anywhere, anywhere, RTF_UP,
                                0, 0, 0, 0, pointer, 0, 0, 0)  # fmt: skip
            fcntl.ioctl(control, SIOCADDRT, route)
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
            # struct in6_rtmsg: the same for the newer addresses.
            route = struct.pack("16s16s16sIHHILIi", b"", b"", b"", 0, 0, 0, 1, 0, RTF_UP, index)
            fcntl.ioctl(control, SIOCADDRT, route)

    def watch(self) -> None:
        """Record arriving packets, for ever; unreadable ones count as sightings too."""
        while packet := os.read(self._tun, 65536):
            try:
                sighting = sightings(packet)
            except (IndexError, ValueError, struct.error):
                sighting = "packet that can't be read", packet
            if sighting and sighting not in self._known:
                self._known.add(sighting)
                self.seen[sighting[0]] += 1


def ask_outside(folder: Path) -> None:
    """Make this mount namespace's programs use a resolver outside the network, and no other.

    A resolver service (systemd's, by nsswitch.conf) is reached over a socket in the file system,
    past the network. Left out: nscd, which is rare now.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for name, text in RESOLVING.items():
        file, target = folder / name, os.path.realpath(f"/etc/{name}")
        if not os.path.exists(target):
            continue
        file.write_text(text)
        if libc.mount(os.fsencode(file), os.fsencode(target), None, MS_BIND, None):
            raise OSError(ctypes.get_errno(), f"cannot bind {target}")


def run_inside(command: list[str]) -> int:
    """Run the command in this process's network; return its exit code, or 1 if it left."""
    catcher = Catcher()
    # The files stay as long as they are in use: nothing can be bound over one that is deleted.
    with tempfile.TemporaryDirectory(prefix="closed-network-") as folder:
        ask_outside(Path(folder))
        threading.Thread(target=catcher.watch, daemon=True).start()
        with interrupts_left_to_children():
            code = subprocess.run(command, env=without_proxies(os.environ)).returncode
    for what, times in catcher.seen.most_common():
        print(f"left the machine: {what}, {times} times", file=sys.stderr)
    count = sum(catcher.seen.values())
    print(f"{count} look-ups and connections to the outside", file=sys.stderr)
    return code or (1 if count else 0)


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without proxies."""
    return {name: value for name, value in environment.items() if name.lower() not in PROXIES}


def network() -> str:
    """Return the identifier of this process's network."""
    return os.readlink("/proc/self/ns/net")


def starter() -> list[str] | None:
    """Return the command prefix that starts a command in a closed network; None without one."""
    if sys.platform != "linux":
        return None
    own = UNSHARE if os.geteuid() == 0 else [*UNSHARE, *AS_ROOT]
    words = [*own, sys.executable, "-m", __spec__.name, INSIDE, network()]
    try:
        done = subprocess.run([*words, "true"], capture_output=True)
    except FileNotFoundError:  # a Linux without util-linux
        return None
    return None if done.returncode else words


def main(words: list[str]) -> int:
    """Run the command where it can reach nothing, and return its exit code."""
    if words[:1] == [INSIDE]:
        if words[1] == network():
            print("that would close the machine's own network", file=sys.stderr)
            return 2
        return run_inside(words[2:])
    if not words or words[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    with interrupts_left_to_children():
        if inside := starter():
            return subprocess.run([*inside, *words]).returncode
        code = subprocess.run(words).returncode
    print("no network of its own can be made here: nobody watched", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
