"""The simulated chip cards and their readers, against published bytes: without the driver."""

import contextlib
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.sim import pcsc
from drivers.sim.citizen_card import FAULTS, CitizenCardSimulator
from drivers.sim.citizen_card_program import CONTACT_ATR, SocialCard
from drivers.sim.citizen_card_specimens import OTHERS, SPECIMENS
from drivers.sim.fault import SimulatorError
from drivers.sim.pcsc import Pcscd, VirtualSlot
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

SELECT = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"


def said(card: SocialCard, *commands: str) -> list[str]:
    return [card.answer(bytes.fromhex(command)).hex().upper() for command in commands]


def test_a_card_of_t_0_answers_as_published() -> None:
    """Promise 4: SELECT waits behind 61xx, a wrong Le is told by 6Cxx, and records are tag, length, value."""
    card = SocialCard({0xEF05: [(0x03, b"3.00")], 0xEF06: []})
    answers = said(card, SELECT, "00C0000013", "00A4020002EF05", "00B2030000", "00B2030006", "00B2010406", "00B2080000")
    assert answers == [
        "6113",
        "6F11840F7378312E73682EC9E7BBE1B1A3D5CF9000",
        "9000",
        "6C06",
        "0304332E30309000",
        "0304332E30309000",
        "6A83",
    ]


@pytest.mark.parametrize(
    ("commands", "last"),
    [
        (["00A4020002EF05"], "6A82"),
        ([SELECT, "00A4020002EF07"], "6A82"),
        ([SELECT, "00B2080000"], "6986"),
        (["00"], "6700"),
        (["80CA0000"], "6E00"),
        (["00D60000"], "6D00"),
        (["00C0000010"], "6985"),
        (["00A4040007A0000003330101"], "6A82"),
        (["0020000003888888"], "63C2"),
    ],
)
def test_a_card_refuses_in_the_standards_words(commands: list[str], last: str) -> None:
    """Promise 4: what it cannot do, it says as ISO 7816-4 does."""
    assert said(SPECIMENS["wang"].program(), *commands)[-1] == last


def test_the_number_and_the_name_stand_where_cards_have_them() -> None:
    """Promise 5: EF06, tags 08 and 09, the name in GB 18030, the rest of it in 4E where there is a 4E."""
    for specimen in SPECIMENS.values():
        records = dict(specimen.files()[0xEF06])
        name = (records[0x09] + records.get(0x4E, b"")).rstrip(b"\0")
        assert (records[0x08].rstrip(b"\0").decode(), name.decode("gb18030")) == (specimen.number, specimen.name)
        assert [len(value) for tag, value in specimen.files()[0xEF06] if tag in (0x08, 0x09)] == [18, 30]
    assert len(dict(SPECIMENS["li"].files()[0xEF06])) == 6


@pytest.fixture
def service(nothing_left: None, tmp_path: Path) -> Iterator[tuple[Pcscd, list[socket.socket]]]:  # noqa: ARG001 - it watches
    """What vpcd would listen on, without it."""
    with contextlib.ExitStack() as open_:
        listener = open_.enter_context(socket.create_server(("127.0.0.1", 0)))
        place = Pcscd(tmp_path / "pcscd.comm")
        place.port = listener.getsockname()[1]
        yield place, [listener]


def test_a_card_speaks_vpcds_messages(service: tuple[Pcscd, list[socket.socket]]) -> None:
    """Promise 4: two bytes of length and the data, in one piece; 04 asks for the ATR, 00, 01 and 02 want no answer."""
    place, (listener,) = service
    slot = VirtualSlot(place, 0)
    slot.insert(lambda command: command[::-1] + b"\x90\x00", lambda powered: CONTACT_ATR if powered else b"\x3b\x00")
    link, _ = listener.accept()
    with link:
        link.sendall(bytes.fromhex("000104"))
        assert link.recv(64).hex() == "00023b00"
        link.sendall(bytes.fromhex("000101 000104"))
        assert link.recv(64) == bytes((0, len(CONTACT_ATR))) + CONTACT_ATR
        link.sendall(bytes.fromhex("000400b20300"))
        assert link.recv(64).hex() == "00060003b2009000"
    again, _ = listener.accept()  # the service was restarted: the card is still in
    again.close()
    slot.remove()
    assert not slot.has_card


def test_a_card_that_is_pulled_out_hangs_up(service: tuple[Pcscd, list[socket.socket]]) -> None:
    """Promise 4: in the middle of a command, and does not come back by itself."""
    place, (listener,) = service
    slot = VirtualSlot(place, 0)
    slot.insert(lambda _: None, lambda _: CONTACT_ATR)
    link, _ = listener.accept()
    with link:
        link.sendall(bytes.fromhex("000400b20300"))
        assert link.recv(64) == b""
    eventually(lambda: not slot.has_card)
    slot.remove()


def test_a_machine_without_pcscd_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promises 3 and 8: the simulator goes on, its state has the sentence, and nothing listens."""
    monkeypatch.setattr(pcsc, "PCSCD", tmp_path / "pcscd")
    simulator = CitizenCardSimulator(tmp_path / "pcscd.comm")
    simulator.start()
    assert "install pcscd" in str((simulator.do("state") or {})["trouble"])
    assert not simulator.service.path.exists()
    simulator.do("insert", card="wang")
    simulator.stop()


def test_the_service_is_private_and_leaves_nothing(tmp_path: Path) -> None:
    """Promise 2: its socket is its owner's alone, and is gone with it."""
    place = Pcscd(tmp_path / "pcscd.comm")
    place.start()
    assert place.is_running
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    place.stop()
    assert not place.path.exists()
    assert not place.is_running


def test_the_simulator_tells_what_it_can_and_refuses_the_rest(tmp_path: Path) -> None:
    """Promise 8: a wrong order is a sentence."""
    simulator = CitizenCardSimulator(tmp_path / "pcscd.comm")
    assert simulator.do("cards") == {"cards": [*SPECIMENS, *OTHERS]}
    assert simulator.do("faults") == {"faults": list(FAULTS)}
    for wrong, order in {
        "cannot 'dance'": {"action": "dance"},
        "no card 'zhang'": {"action": "insert", "card": "zhang"},
        "no reader 'left'": {"action": "insert", "card": "wang", "reader": "left"},
        "no fault 'fire'": {"action": "fault", "name": "fire"},
    }.items():
        with pytest.raises(SimulatorError, match=wrong):
            simulator.do(**order)
