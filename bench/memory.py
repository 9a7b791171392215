"""Memory of the kiosk's process after 200 whole visits through the real window, against after 20.

A visit here is all that touches leave behind: card, two answers, the paper deferred, signature, case, receipt, rating.
"""

import os
from collections.abc import Iterator
from statistics import median

import psutil

from bench.figures import Figure
from bench.window import kiosk_stack
from drivers.sim.control import send
from roles.probe_client import Visitor
from roles.stack import Stack

FEW, MANY = 20, int(os.environ.get("BENCH_VISITS", "200"))
AROUND = 5  # visits over which the median is taken: one reading would catch an allocator's mood
SIGNATURE = [[(0.2, 0.5), (0.35, 0.3), (0.5, 0.6), (0.7, 0.4)]]


def measure() -> Iterator[Figure]:
    """Yield the resident set after many visits."""
    readings: list[float] = []
    with kiosk_stack() as (stack, visitor):
        pid = stack.children["kiosk"].pid
        for _ in range(MANY):
            _visit(stack, visitor)
            readings.append(psutil.Process(pid).memory_info().rss / 2**20)
    few, many = (median(readings[end - AROUND : end]) for end in (FEW, MANY))
    yield Figure.of(f"memory_after_{MANY}_visits", many, "MiB", few, "ratio <= 1.02")


def _visit(stack: Stack, visitor: Visitor) -> None:
    """Walk one visit, as fast as the window answers."""
    for target in ("start:zh", "service:ZT-RS-001", "begin"):
        visitor.tap(target)
    visitor.read_and_tap("agree")
    visitor.wait_screen("identify")
    send(stack.places.control, device="id_card", do="put_card", card="wang")
    visitor.tap("confirm")
    send(stack.places.control, device="id_card", do="lift_card")
    visitor.type("13800005678")
    for target in ("next", "choice:1000", "next"):
        visitor.tap(target)
    visitor.wait_screen("scan")
    visitor.tap_until("later_at_window", "the paper is left", lambda seen: seen.screen == "sign")
    visitor.draw_in("signature", SIGNATURE)
    for target in ("next", "submit", "next", "rate:5"):
        visitor.tap(target)
    visitor.wait_screen("end")  # the rating page has a button of the same name
    visitor.tap("finish")
    visitor.wait_screen("attract")
