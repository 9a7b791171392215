"""The flight recorder."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.recorder import FlightRecorder
from drivers.sim.specimens import SPECIMENS


def test_a_short_frame_is_shown_whole() -> None:
    """Promise 8: a technician sees the status bytes that passed."""
    recorder = FlightRecorder(clock=lambda: 12.0)
    recorder.add(">", b"\x10\x04\x01")
    recorder.add("<", b"\x12")
    assert recorder.dump() == ["12.000 > 10 04 01", "12.000 < 12"]


@given(st.lists(st.integers(1, 400), max_size=40))
def test_a_card_is_masked_however_its_bytes_arrive(sizes: list[int]) -> None:
    """Promise 2: of a card only the first 5 bytes, the last 2 and the length are ever kept."""
    payload, recorder = SPECIMENS["wang"].payload(), FlightRecorder(clock=lambda: 1.0)
    start = 0
    for size in (*sizes, len(payload)):
        recorder.add("<", payload[start : start + size])
        start += size
    assert recorder.dump() == [f"1.000 < {payload[:5].hex(' ')} (1277 bytes) {payload[-2:].hex(' ')}"]


def test_only_the_last_frames_are_kept() -> None:
    """Promise 2: the past is short."""
    recorder = FlightRecorder(2, clock=lambda: 1.0)
    for byte in (b"\x01", b"\x02"):
        recorder.add(">", byte)
        recorder.add("<", byte)
    assert recorder.dump() == ["1.000 > 02", "1.000 < 02"]
