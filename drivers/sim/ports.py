"""A port to listen at, for a simulator or a whole simulated kiosk: free now, and still free when it is used."""

import random
import socket
from pathlib import Path

_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _END = 10_000, 65_536
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port of the loopback that is free, and that this process has not been given before.

    The kernel gives ports to outgoing connections from a range of its own (ip(7), ip_local_port_range): it lies below
    that, where there is room, or a connection could have it before it is used. Which one is left to chance, so that two
    processes that ask at the same time do not get the same one.
    """
    outgoing = int(_OUTGOING.read_text("ascii").split()[0])
    ports = range(_LOWEST, outgoing) or range(_LOWEST, _END)
    while True:
        port = random.SystemRandom().choice(ports)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
