"""From a card laid on the reader to what it says on the glass: the whole kiosk, at the pace of a line at 115200 baud.

The floor is the wire time of one read. What comes on top: the find that sees the card, the worker, the page.
"""

import time
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure, percentile
from bench.id_read import BAUD, BITS_A_BYTE, WIRE_BYTES
from bench.window import kiosk_stack
from drivers.sim.control import send
from roles.probe_client import Visitor
from roles.stack import Stack

CARDS = 25


def measure() -> Iterator[Figure]:
    """Yield median and 99th percentile."""
    floor = WIRE_BYTES * BITS_A_BYTE / BAUD * 1000
    with kiosk_stack() as (stack, visitor):
        for target in ("start:zh", "service:ZT-RS-001", "begin"):
            visitor.tap(target)
        visitor.read_and_tap("agree")
        visitor.wait_screen("identify")
        send(stack.places.control, device="id_card", do="pace", baud=BAUD)
        times = [_lay(stack, visitor) for _ in range(CARDS)]
    yield Figure.of("card_to_screen_p50", median(times), "ms", floor, "ratio <= 1.25")
    yield Figure.of("card_to_screen_p99", percentile(times, 99), "ms", floor, "ratio <= 1.6")


def _lay(stack: Stack, visitor: Visitor) -> float:
    """Return the milliseconds until the page asks "is that you?"; then take the card back and wait anew."""
    began = time.perf_counter()
    send(stack.places.control, device="id_card", do="put_card", card="wang")
    while "confirm" not in visitor.look().targets:
        time.sleep(0.002)
    taken = (time.perf_counter() - began) * 1000
    send(stack.places.control, device="id_card", do="lift_card")
    visitor.tap("not_me")
    visitor.wait("the reader again", lambda seen: "confirm" not in seen.targets)
    time.sleep(1.0)  # the reader has seen that nothing lies there
    return taken
