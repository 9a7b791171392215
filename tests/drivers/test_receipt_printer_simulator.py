"""The simulated printer is a product: held against published bytes and against python-escpos' own network printer."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
import zxingcpp
from escpos.printer import Network
from PIL import Image

from drivers.sim.fault import SimulatorError
from drivers.sim.printer import PrinterSimulator
from drivers.sim.printer_models import MODELS
from drivers.sim.printer_sensors import Sensors
from tests.drivers.helpers import eventually
from tests.drivers.printing import FONT


@pytest.fixture
def simulator() -> Iterator[PrinterSimulator]:
    simulator = PrinterSimulator(FONT)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def line(simulator: PrinterSimulator) -> Iterator[socket.socket]:
    assert simulator.port is not None
    with closing(socket.create_connection(("127.0.0.1", simulator.port), timeout=5)) as link:
        yield link


def ask(line: socket.socket, question: bytes, size: int) -> bytes:
    line.sendall(question)
    answer = b""
    while len(answer) < size:
        answer += line.recv(size - len(answer))
    return answer


def dark_rows(image: Image.Image) -> int:
    return int((~np.asarray(image)).any(axis=1).sum())


def test_status_bytes_are_the_manuals() -> None:
    """Promise 4: what the simulator says of itself is what Epson's manual says a printer says."""
    table = [
        (Sensors(), "12 12 12 12", "10 00 00 00"),
        (Sensors(cover_open=True), "1a 16 12 12", "38 00 00 00"),
        (Sensors(near_end=True), "12 12 12 1e", "10 00 03 00"),
        (Sensors(near_end=True, paper_out=True), "1a 32 12 7e", "18 00 0f 00"),
        (Sensors(cutter_jam=True), "1a 52 1a 12", "18 08 00 00"),
        (Sensors(unrecoverable=True), "1a 52 32 12", "18 20 00 00"),
        (Sensors(overheated=True), "1a 52 52 12", "18 40 00 00"),
        (Sensors(recoverable=True), "1a 52 16 12", "18 04 00 00"),
    ]
    for sensors, real_time, automatic in table:
        assert b"".join(map(sensors.real_time, (1, 2, 3, 4))).hex(" ") == real_time
        assert sensors.automatic().hex(" ") == automatic


def test_python_escpos_own_printer_agrees_with_it(simulator: PrinterSimulator) -> None:
    """Promise 4: an independent program sees the states the simulator was told to be in."""
    printer = Network("127.0.0.1", port=simulator.port, timeout=5)
    printer.open()
    try:
        assert (printer.is_online(), printer.paper_status()) == (True, 2)
        simulator.do("paper_near_end")
        assert printer.paper_status() == 1
        simulator.do("cover_open")
        assert printer.is_online() is False
        simulator.do("clear")
        printer.qr("HELLO", native=True, size=6)
        printer.print_and_feed(2)
        printer.image(Image.new("1", (64, 1000), 0), fragment_height=960)
        printer.text("plain\n")
        printer.cut()
        eventually(lambda: simulator.receipts)
    finally:
        printer.close()
    (receipt,) = simulator.receipts
    assert receipt.text == "plain\n"
    assert simulator.unknown == []
    assert zxingcpp.read_barcodes(receipt.image.convert("L").crop((0, 0, 640, 190)))[0].text == "HELLO"


def test_a_question_is_answered_even_inside_a_picture_and_while_offline(
    simulator: PrinterSimulator, line: socket.socket
) -> None:
    """Promise 4: the hazard of real printers is there, so that a driver that ignores it fails."""
    simulator.do("cover_open")
    assert ask(line, b"\x1dv0\x00\x01\x00\x03\x00\x10\x04\x01", 1) == b"\x1a"
    assert ask(line, b"\x10", 0) + ask(line, b"\x04\x02", 1) == b"\x16", "split over two packets too"


def test_it_identifies_itself_and_reports_by_itself(simulator: PrinterSimulator, line: socket.socket) -> None:
    """Promise 8: GS I, GS r and automatic status are framed as the manual says."""
    assert ask(line, b"\x1dIE", 14) == b"_CHINA GB2312\x00"
    assert ask(line, b"\x1dI\x02", 1) == b"\x03"
    assert ask(line, b"\x1dr\x01", 1) == b"\x00"
    assert ask(line, b"\x1da\xff", 4).hex(" ") == "10 00 00 00"
    simulator.do("paper_near_end")
    assert ask(line, b"", 4).hex(" ") == "10 00 03 00"
    simulator.do("silent")
    simulator.do("speak")
    assert simulator.do("state")["near_end"] is True


def test_it_prints_question_marks_for_what_its_font_lacks(simulator: PrinterSimulator, line: socket.socket) -> None:
    """Promise 5: a four-byte character comes out as real printers print it, so that a test can see it."""
    line.sendall(b"\x1b@\x1c&" + "中䶮€𬭎".encode("gb18030") + b"\n\x1c.\x80\n\x1dV\x00")
    eventually(lambda: simulator.receipts)
    assert simulator.receipts[0].text.count("?") == 5
    assert simulator.receipts[0].text.startswith("中?")


def test_styles_change_what_is_burnt(simulator: PrinterSimulator, line: socket.socket) -> None:
    """Promise 4: sizes, pitches, feeds, modes and wrapping are drawn in dots."""
    line.sendall(
        b"\x1b@\x1b3\x18"
         b"\x1d!\x22HHH\n\x1d!\x00HHH\n\x1b!\x38HHH\n\x1b!\x00HHH\n\x1c!\x0cHHH\n"
         b"\x1b@\x1b2\x1b-\x01" + b"H" * 60 + b"\x1bd\x01H\x1bJ\x05H\r\x1dV\x01"
    )  # fmt: skip
    eventually(lambda: simulator.receipts)
    image = simulator.receipts[0].image
    assert image.size[0] == 640
    assert simulator.receipts[0].text.count("\n") == 9
    assert simulator.unknown == []
    assert dark_rows(image) > 3 * 24


def test_pictures_double_and_unknown_bytes_are_kept(simulator: PrinterSimulator, line: socket.socket) -> None:
    """Promise 4: GS v 0 modes are drawn; what no printer understands is there to be asserted."""
    picture = b"\x1dv0\x03" + struct.pack("<HH", 1, 8) + b"\xff" * 8
    line.sendall(picture + b"\x1d(L\x02\x00\x30\x32" + b"\x01" + b"\x1dI\x40" + b"\x1dV\x42\x00")
    eventually(lambda: simulator.receipts)
    assert dark_rows(simulator.receipts[0].image) == 16
    assert simulator.unknown == [b"\x1d(L\x02\x00", b"\x01", b"\x1dI\x40"]


def test_what_was_burnt_before_a_power_cycle_stays_on_the_paper(simulator: PrinterSimulator) -> None:
    """Promise 4: the buffer and the open line are lost, the burnt line comes out with the next cut."""
    for data in (b"burnt\nlost", b"next\n\x1dV\x00"):
        with closing(socket.create_connection(("127.0.0.1", simulator.port or 0), timeout=5)) as link:
            assert len(ask(link, data + b"\x1dr\x01", 1)) == 1
        if not simulator.receipts:
            simulator.do("power_cycle")
    assert [receipt.raw for receipt in simulator.receipts] == [b"burnt\nlostnext\n\x1dV\x00"]
    assert "burnt\n" in simulator.receipts[0].text
    assert simulator.do("take")["receipts"] == 0


def test_it_says_what_it_cannot_do(simulator: PrinterSimulator) -> None:
    """Promise 8: a wrong action is a sentence for whoever asked."""
    with pytest.raises(SimulatorError, match="refill"):
        simulator.do("explode")
    with pytest.raises(SimulatorError, match="after_bytes"):
        simulator.do("refill", after_bytes=-1)
    with pytest.raises(SimulatorError, match="after_bytes"):
        simulator.do("refill", colour="red")


def test_it_vanishes_and_returns_and_can_stop_reading_meanwhile(simulator: PrinterSimulator) -> None:
    """Promise 3: faults may follow each other in any order without breaking the simulator."""
    for action in ("stop_reading", "stop_reading", "vanish", "vanish", "return", "resume", "return"):
        simulator.do(action)
    with closing(socket.create_connection(("127.0.0.1", simulator.port or 0), timeout=5)) as link:
        assert ask(link, b"\x10\x04\x01", 1) == b"\x12"
        simulator.do("stop_reading")
        with closing(socket.create_connection(("127.0.0.1", simulator.port or 0), timeout=5)) as late:
            late.sendall(b"\x10\x04\x01")
            simulator.do("resume")
            assert late.recv(1) == b"\x12"


def test_it_reports_what_it_was_asked_to_and_only_when_that_changes(
    simulator: PrinterSimulator, line: socket.socket
) -> None:
    """Promise 4: GS a n chooses what is told; ESC @ ends it."""
    assert ask(line, b"\x1da\x04", 4).hex(" ") == "10 00 00 00"
    simulator.do("paper_near_end")
    simulator.do("unrecoverable")
    assert ask(line, b"", 4).hex(" ") == "18 20 03 00", "paper alone was not told, the error is, with all there is"
    simulator.do("clear")
    assert ask(line, b"", 4).hex(" ") == "10 00 00 00"
    assert ask(line, b"\x1b@\x1dr\x01", 1) == b"\x00"
    simulator.do("unrecoverable")
    simulator.do("clear")
    assert ask(line, b"\x1dr\x01", 1) == b"\x00"


def test_dle_enq_ends_a_jam_once_the_blade_is_free_and_may_drop_the_buffer(
    simulator: PrinterSimulator, line: socket.socket
) -> None:
    """Promise 4: as Epson's manual has it: 2 clears the buffers first, 1 goes on with what is in them."""
    for number, receipts in ((1, 1), (2, 1)):
        simulator.do("cutter_jam")
        recover = bytes((0x10, 0x05, number))
        assert ask(line, recover + b"\x10\x04\x03", 1) == b"\x1a", "the blade is still held"
        line.sendall(b"text\n\x1dV\x00")
        simulator.do("cutter_freed")
        assert ask(line, recover + b"\x10\x04\x03", 1) == b"\x12"
        assert ask(line, b"\x1dr\x01", 1) == b"\x00"
        assert len(simulator.receipts) == receipts


def test_dribble_and_noise_lose_no_byte_of_an_answer(simulator: PrinterSimulator, line: socket.socket) -> None:
    """Promise 4: what a bad cable does, on order: the answer is whole, between bytes that are nobody's."""
    simulator.do("dribble")
    assert ask(line, b"\x1dI\x43", 12) == b"_BDY-80 SIM\x00"
    simulator.do("garbage")
    line.sendall(b"\x10\x04\x01")
    heard = b""
    while b"\x12" not in heard:
        heard += line.recv(64)
    assert all(byte >= 0x80 for byte in heard.replace(b"\x12", b"").replace(b"\x13\x11", b""))


def test_each_model_stops_where_it_says() -> None:
    """Promise 5: no font, no code, no long picture where the model has none, so that a test sees them sent."""
    simulator = PrinterSimulator(FONT, model=MODELS["nameless"])
    simulator.start()
    try:
        with closing(socket.create_connection(("127.0.0.1", simulator.port or 0), timeout=5)) as link:
            assert ask(link, b"\x1dI\x43\x1dI\x02\x1dr\x01", 1) == b"\x00", "GS I is not answered"
            picture = b"\x1dv0\x00" + struct.pack("<HH", 1, 25) + b"\xff" * 25
            link.sendall(picture + b"\x1d(k\x03\x00\x31\x51\x30" + "中".encode("gb18030") + b"\n\x1dV\x00")
            eventually(lambda: simulator.receipts)
        assert simulator.receipts[0].text == "??\n"
        assert simulator.unknown == [picture[:8], b"\x1d(k\x03\x00"]
        assert dark_rows(simulator.receipts[0].image) < 25
    finally:
        simulator.stop()
