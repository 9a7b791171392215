"""A resident without a screen: walks a visit through `KioskServices`, with a queue where the window's bridge is."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self

import numpy as np
from PIL import Image, ImageDraw

from kiosk.catalogue import Catalogue
from kiosk.config import KioskConfig, load
from kiosk.forms import Form, Widget
from kiosk.ports import Signature
from kiosk.scan.page import PageImage
from kiosk.services import KioskServices
from kiosk.trouble import Way
from kiosk.visit import Visit
from kiosk.visit_core import PrintOutcome
from kiosk.visit_setting import setting_of
from kiosk.visit_states import State
from kiosk.words import Language
from roles.private_config import write_private_config
from roles.processes import ROOT, free_port
from sync.contract import Answer

PENSION = "ZT-RS-001"
NUMBER = "32058119900101123X"
PHONE = "13800005678"
_SECONDS = 90.0  # for a machine that is busy with other things

ANSWERS: dict[Widget, Answer] = {
    Widget.YES_NO: True,
    Widget.PHONE: PHONE,
    Widget.DATE: "2026-11-01",
    Widget.DIGITS: "1",
    Widget.BANK_CARD: "6222020000000000004",
    Widget.CITIZEN_NUMBER: NUMBER,
}


class Resident:
    """One kiosk's visit and ports, on the thread that calls."""

    def __init__(self, config: KioskConfig, services: type[KioskServices] = KioskServices) -> None:
        self.jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.services = services(config, self.jobs.put)
        setting = setting_of(config)
        self.visit = Visit(self.services, setting)
        self.catalogue: Catalogue = setting.catalogue
        self.services.attach(self.visit)

    def __enter__(self) -> Self:
        self.services.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.services.stop()

    def until(self, what: str, happened: Callable[[], bool], seconds: float = _SECONDS) -> None:
        """Serve the visit's thread until `happened`; TimeoutError says what did not."""
        deadline = time.monotonic() + seconds
        while not happened():
            try:
                job = self.jobs.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise TimeoutError(f"{what}: not within {seconds:.0f} s, in {self.visit.state}") from None
            job()

    def idle(self, seconds: float) -> None:
        """Serve the visit's thread for a while in which nothing in particular is waited for."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.jobs.get(timeout=left)()
            except Empty:
                return

    def open(self) -> None:
        """Wait until the kiosk serves."""
        self.until("the kiosk serves", lambda: self.visit.closed is None)

    def consent(self, service: str = PENSION, language: Language = "zh") -> None:
        """Go from the first touch to the reader."""
        self.open()
        if self.visit.state is State.END:
            self.visit.finish()
        self.visit.start(language)
        self.visit.choose(self.catalogue.service(service))
        self.visit.begin()
        self.visit.accept_consent()
        assert self.visit.state is State.IDENTIFY, self.visit.trouble

    def type_number(self) -> None:
        """Say who one is without the reader."""
        self.visit.choose_way(Way.TYPE_NUMBER)
        self.visit.type_number(NUMBER)
        self.visit.confirm_identity()

    def wait_for_card(self) -> None:
        """Wait until the reader has read, and say that it is me."""
        self.until("a card was read", lambda: self.visit.person is not None)
        self.visit.confirm_identity()

    def fill(self) -> None:
        """Answer every form."""
        while self.visit.state is State.FILL:
            form = self.visit.forms[self.visit.form_index]
            for name, value in answers(form).items():
                self.visit.answer(name, value)
            self.visit.next_form()
            assert self.visit.field_faults == {}

    def lay_made_pages(self, make: Callable[[], PageImage]) -> None:
        """Give every paper one page that was made beforehand, as if the camera had taken it."""
        while self.visit.state is State.SCAN:
            self.visit.page_captured(make())
            self.visit.finish_material()

    def hand_in(self, signature: bytes) -> None:
        """Sign, check, submit, and wait for the number."""
        self.visit.sign(Signature(signature))
        self.visit.submit()
        self.until("it is submitted", lambda: self.visit.state is not State.SUBMIT)
        assert self.visit.state is State.RECEIPT, self.visit.trouble

    def leave(self) -> None:
        """Wait for the printer's word, rate, and go."""
        self.until("the printer has answered", lambda: self.visit.print_outcome is not PrintOutcome.PRINTING)
        self.visit.to_rating()
        self.visit.rate(5)
        self.visit.finish()


def answers(form: Form) -> dict[str, Answer]:
    """Return right answers to what the form requires."""
    return {
        each.id: each.choices[0].value if each.choices else ANSWERS[each.widget]
        for each in form.fields
        if each.required and each.widget is not Widget.READ_ONLY
    }


@dataclass
class Places:
    """A private kiosk.toml of one test and the folders beside it."""

    folder: Path
    office_port: int = field(default_factory=free_port)

    @property
    def office(self) -> Path:
        """The office's folder."""
        return self.folder / "office"

    def write(self, *, devices: bool) -> Path:
        """Write a kiosk.toml whose office is on our own port; without devices, everything goes by its other way."""
        changes: dict[str, dict[str, Any]] = {"office": {"url": f"http://127.0.0.1:{self.office_port}"}}
        path = write_private_config(ROOT / "kiosk.toml", self.folder, changes)
        if not devices:
            head, _, _ = path.read_text("utf-8").partition("[[device]]")
            path.write_text(head, "utf-8")
        return path

    def config(self, *, devices: bool) -> KioskConfig:
        """Write and load it."""
        return load(self.write(devices=devices))


@cache
def _blank() -> Image.Image:
    return Image.new("RGB", (827, 1169), "white")


def made_page(text: str) -> PageImage:
    """Return an A4 page of 100 dots per inch with `text` on it: another text gives other bytes."""
    image = _blank().copy()
    ImageDraw.Draw(image).text((80, 80), text, fill="black", font_size=28)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=70, dpi=(100, 100))
    return PageImage(jpeg.getvalue(), (210.0, 297.0), np.zeros((2, 2, 3), np.uint8), "A4", measured=False)


def made_signature(text: str) -> bytes:
    """Return a PNG that is another one for another `text`."""
    image = Image.new("1", (200, 60), 1)
    ImageDraw.Draw(image).text((5, 20), text, fill=0)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


def walk_made_visit(resident: Resident, name: str) -> None:
    """Walk one visit up to its number without any device; its page and signature say `name`."""
    resident.consent()
    resident.type_number()
    resident.fill()
    resident.lay_made_pages(partial(made_page, name))
    resident.hand_in(made_signature(name))
