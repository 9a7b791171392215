"""The control page's routes, asked by a real client of a real server over real simulators."""

import json
import re
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import uvicorn
from PIL import Image

from drivers.sim.auxiliaries import AuxiliarySimulator
from drivers.sim.citizen_card import CitizenCardSimulator
from drivers.sim.code_scanner import ScannerSimulator
from drivers.sim.control import ControlServer
from drivers.sim.ipp_printer import IppPrinterSimulator
from drivers.sim.line import LineSimulator
from drivers.sim.photograph import DEFECTS
from drivers.sim.printer import PrinterSimulator
from drivers.sim.sam import SamSimulator
from drivers.sim.tray import TraySimulator
from roles.control_page import DOCUMENTS, PAGE, ControlPage
from roles.display import VirtualScreen
from roles.processes import ROOT, free_port, port_is_taken, wait_until
from roles.simulate import Startable

FONT = ROOT / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
KINDS = {
    "id_card": "id_card_reader",
    "citizen_card": "citizen_card_reader",
    "document_camera": "document_camera",
    "auxiliaries": "auxiliaries",
    "code_scanner": "code_scanner",
    "receipt_printer": "receipt_printer",
    "document_printer": "document_printer",
    "line": "line",
}
TYPED = {"show": {"code": "what stands in the field beside the button"}}
MENU = {
    "devices": KINDS,
    "cards": [{"id": "wang", "title": "王小明"}],
    "citizen_cards": [{"id": "wang", "title": "王小明"}],
    "other_cards": [{"id": "bank", "title": "银行卡"}],
    "papers": [{"id": "hukou", "title": "户口簿"}],
    "defects": list(DEFECTS),
    "links": [],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Path]:
    """A simulator of each kind under one control socket; the folder of all."""
    simulators: dict[str, Startable] = {
        "id_card": SamSimulator(tmp_path / "id-card"),
        "citizen_card": CitizenCardSimulator(tmp_path / "pcscd.comm"),
        "document_camera": TraySimulator(tmp_path / "tray", font=FONT),
        "receipt_printer": PrinterSimulator(FONT, folder=tmp_path / "receipts"),
        "document_printer": IppPrinterSimulator(tmp_path / DOCUMENTS),
        "auxiliaries": AuxiliarySimulator(tmp_path / "auxiliaries"),
        "code_scanner": ScannerSimulator(tmp_path / "code-scanner"),
        "line": LineSimulator(0, ("127.0.0.1", free_port())),
    }
    control = ControlServer(tmp_path / "control.sock")
    for name, simulator in simulators.items():
        simulator.start()
        control.register(name, simulator)
    control.start()
    yield tmp_path
    control.stop()
    for simulator in simulators.values():
        simulator.stop()


def serve(folder: Path, display: str | None) -> Iterator[httpx.Client]:
    """Serve a page over `folder` and yield a client of it."""
    page, port = ControlPage(folder, MENU, display), free_port()
    server = uvicorn.Server(uvicorn.Config(page.app(), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until("the page is served", lambda: port_is_taken(port), 90)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=90) as client:
        yield client
    server.should_exit = True
    thread.join()
    page.close()


@pytest.fixture
def page(world: Path) -> Iterator[httpx.Client]:
    """A page where the kiosk's window is on the machine's own display."""
    yield from serve(world, None)


@pytest.fixture
def touchable(world: Path) -> Iterator[httpx.Client]:
    """A page with a virtual screen."""
    with VirtualScreen(400, 600) as screen:
        yield from serve(world, screen.name)


def orders() -> list[tuple[str, dict[str, str]]]:
    """Return each order that a button of page.js gives, with the device it goes to."""
    found = []
    text = (PAGE / "page.js").read_text("utf-8").split("const WORDS")[0]
    for kind, panel in re.findall(r"^  (\w+): \{ title(.*?)say:", text, re.MULTILINE | re.DOTALL):
        device = next(name for name, its in KINDS.items() if its == kind)
        for order in re.findall(r"\{ (do: [^}]*) \}", panel):
            pairs = re.findall(r"(\w+): (?:\"(\w+)\"|(card|paper|key)\.id)", order)
            given = {key: said or {"card": "wang", "paper": "hukou", "key": "5"}[one] for key, said, one in pairs}
            found.append((device, {**TYPED.get(given["do"], {}), **given}))
    return found


def test_every_button_of_the_page_gives_an_order_that_its_simulator_knows(page: httpx.Client) -> None:
    """Promise 4: a button does what it says, or it would not be there."""
    given = orders()
    assert {device for device, _ in given} == set(KINDS)
    assert len(given) > 20
    for device, order in given:
        answer = page.post("/do", json={"device": device, **order})
        assert answer.json()["ok"], (device, order, answer.json())


def test_the_state_shows_each_fault_and_its_end(page: httpx.Client) -> None:
    """Promise 8: whoever made a fault sees it, and sees it end."""

    def state(device: str) -> dict[str, object]:
        return dict(page.get("/state").json()["devices"][device])

    def do(device: str, what: str, **more: object) -> None:
        assert page.post("/do", json={"device": device, "do": what, **more}).is_success

    do("id_card", "put_card", card="wang")
    do("id_card", "fault", name="garbage")
    assert state("id_card") == {"ok": True, "card": "wang", "faults": ["garbage"]}
    do("id_card", "heal")
    do("id_card", "lift_card")
    assert state("id_card") == {"ok": True, "card": None, "faults": []}
    do("document_camera", "lay", page="hukou", defects=["blur"])
    do("document_camera", "freeze")
    assert state("document_camera") == {"ok": True, "page": "hukou", "defects": ["blur"], "fault": "freeze"}
    do("document_camera", "recover")
    assert state("document_camera")["fault"] is None
    do("receipt_printer", "paper_out")
    do("receipt_printer", "vanish")
    assert (state("receipt_printer")["paper_out"], state("receipt_printer")["unplugged"]) == (True, True)
    do("receipt_printer", "clear")
    do("receipt_printer", "return")
    assert (state("receipt_printer")["paper_out"], state("receipt_printer")["unplugged"]) == (False, False)
    do("line", "cut")
    assert state("line")["state"] == "cut"
    do("line", "restore")
    assert state("line")["state"] == "open"


def test_what_cannot_be_asked_is_shown_as_unknown(page: httpx.Client, world: Path) -> None:
    """Promise 4: no window, no receipt, and a device nobody simulates: null, never a guess."""
    (world / "control.sock").rename(world / "elsewhere.sock")
    said = page.get("/state").json()
    (world / "elsewhere.sock").rename(world / "control.sock")
    assert said == {"devices": dict.fromkeys(KINDS), "window": None, "receipt": None}
    assert page.get("/receipt.png").status_code == 404


def test_the_last_document_is_shown_as_it_was_printed(page: httpx.Client, world: Path) -> None:
    """Promise 5: whoever practises sees the very bytes that came to the printer; before the first one, a sentence."""
    assert page.get("/document.pdf").status_code == 404
    spool = world / DOCUMENTS / "spool"
    (spool / "1-proof.pdf").write_bytes(b"%PDF-1.4 proof")
    (spool / "2-state.pdf").write_bytes(b"a change of the printer's state")
    assert page.get("/document.pdf").content == b"%PDF-1.4 proof"
    assert page.get("/document.pdf").headers["content-type"] == "application/pdf"


def test_the_last_receipt_is_the_newest_not_the_highest_number(page: httpx.Client, world: Path) -> None:
    """Promise 4: the printer's numbers begin anew with each start."""
    receipts = world / "receipts"
    receipts.mkdir()
    Image.new("L", (10, 10)).save(receipts / "receipt-0009.png")
    before = page.get("/state").json()["receipt"]
    Image.new("L", (20, 10)).save(receipts / "receipt-0001.png")
    assert page.get("/state").json()["receipt"] != before
    assert Image.open(BytesIO(page.get("/receipt.png").content)).size == (20, 10)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"device": "line", "do": "cut"}', "text/plain", 400),
        (b'{"device": "line", "do": "fly"}', "application/json", 422),
        (b'{"device": "moon", "do": "cut"}', "application/json", 422),
    ],
)
def test_what_is_no_order_is_refused_with_a_sentence(page: httpx.Client, body: bytes, kind: str, status: int) -> None:
    """Promise 8: also what another site's page could send unasked, which is never application/json."""
    answer = page.post("/do", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert json.loads(answer.content)["error"]
    assert page.get("/state").json()["devices"]["line"]["state"] == "open"


def test_the_picture_is_sent_once_and_a_touch_must_say_where(touchable: httpx.Client) -> None:
    """Promise 6: what the page shows is what the screen shows now; what has not changed is not sent again."""
    assert touchable.get("/menu").json()["screen"] == [400, 600]
    first = touchable.get("/screen.jpg")
    assert Image.open(BytesIO(first.content)).size == (200, 300)
    assert touchable.get("/screen.jpg", params={"seen": first.headers["x-picture"]}).status_code == 204
    assert touchable.post("/touch", json={"points": [[10, 10]]}).json() == {"ok": True}
    assert touchable.post("/touch", json={"points": [[10, 10], [20, 20], [30, 30]]}).is_success
    assert touchable.post("/touch", json={"points": []}).status_code == 400
    assert touchable.post("/touch", json={"dots": 1}).status_code == 400


def test_without_a_virtual_screen_the_page_says_so(page: httpx.Client) -> None:
    """Promise 4: no picture is shown where there is none to show."""
    assert page.get("/menu").json()["screen"] is None
    assert page.get("/screen.jpg").status_code == 404
    assert page.post("/touch", json={"points": [[1, 1]]}).status_code == 404
    for name in ("", "page.js", "page.css"):
        assert page.get(f"/{name}").is_success
