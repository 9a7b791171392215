"""`run.py demo`: one whole visit through the real window by real touches, proved at both ends.

Everything is real but the hardware: window, devices' bytes, disk, delivery, office.
"""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from kiosk.text.masking import mask_name
from roles.processes import ROOT
from sync.contract import CaseDocument, canonical, sha256_hex
from sync.outbox import receipt_number_ok

SCREENS = (
    "attract", "choose", "search", "guide", "consent", "identify", "identity", "fill", "scan-empty", "scan-taken",
    "sign", "review", "receipt", "rate", "end",
)  # fmt: skip
DEMO_SECONDS = 500  # for a machine that is busy with other things
WAYS = {"zh": (), "en-wide": ("--landscape", "--language", "en")}
Demo = tuple[Path, dict[str, Any]]


def run_demo(out: Path, *arguments: str) -> dict[str, Any]:
    """Run the command as a person does and return its summary."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "demo", "--out", str(out), *arguments],
        capture_output=True, text=True, timeout=DEMO_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return summary


@pytest.fixture(scope="session")
def demos() -> dict[str, Demo]:
    """The visits so far: each is walked once, whatever the order of the tests."""
    return {}


@pytest.fixture(params=WAYS)
def demo(request: pytest.FixtureRequest, demos: dict[str, Demo], tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One visit, in Chinese on a portrait panel, and one in English on a landscape one."""
    if request.param not in demos:
        out = tmp_path_factory.mktemp("demo")
        demos[request.param] = out, run_demo(out, *WAYS[request.param])
    return demos[request.param]


def test_the_case_is_at_the_office_byte_for_byte(demo: Demo) -> None:
    """Promise 1: what was committed on the kiosk is what the office opened, document and attachments."""
    out, summary = demo
    assert summary["errors"] == []
    assert summary["delivered"] is True
    assert summary["sha256_office"] == summary["sha256_kiosk"]
    assert {"document.json", "signature.png"} < set(summary["sha256_office"])
    plain = (out / "case.json").read_bytes()
    assert sha256_hex(plain) == summary["sha256_office"]["document.json"]
    assert sha256_hex((out / "document.pdf").read_bytes()) in summary["sha256_office"].values()


def test_the_case_is_what_the_resident_gave(demo: Demo) -> None:
    """Promise 5: name and number exactly as on the card; the two answers; consent before the card."""
    out, summary = demo
    plain = (out / "case.json").read_bytes()
    case = CaseDocument.model_validate_json(plain)
    assert canonical(case) == plain
    assert (case.submission_id, case.receipt_number) == (summary["submission_id"], summary["receipt_number"])
    assert (case.applicant.name, case.applicant.number) == ("王小明", "320599198507120010")
    assert case.answers["applicant"]["phone"] == "13800005678"
    assert case.consent.given_at < case.submitted_at
    assert [(given.material_id, given.way) for given in case.materials] == [
        ("id_card", "card"), ("hukou_book", "scan"), ("pension_reg_form", "fill"),
    ]  # fmt: skip


def test_the_printed_receipt_tells_the_number_and_no_more_than_it_may(demo: Demo) -> None:
    """Promise 2 and 4: the number and its code, the masked name, never name and number in full."""
    out, summary = demo
    case = CaseDocument.model_validate_json((out / "case.json").read_bytes())
    codes = zxingcpp.read_barcodes(Image.open(out / "receipt.png").convert("L"))
    assert [code.text for code in codes] == [f"BDY1:{case.receipt_number}:{case.verification_code}"]
    assert receipt_number_ok(summary["receipt_number"])
    raw = (out / "receipt.bin").read_bytes()
    assert summary["receipt_number"].encode() in raw
    assert mask_name("王小明").encode("gb18030") in raw
    assert "王小明".encode("gb18030") not in raw
    assert b"320599198507120010" not in raw


def test_the_paper_is_a_page_of_its_true_size(demo: Demo) -> None:
    """Promise 1: the household register comes out as it lay there, flattened, 105 x 145 mm or nearly."""
    out, _ = demo
    pages = PdfReader(BytesIO((out / "document.pdf").read_bytes())).pages
    assert len(pages) == 1
    width, height = (float(size) / 72 * 25.4 for size in (pages[0].mediabox.width, pages[0].mediabox.height))
    assert sorted((width, height)) == pytest.approx([105, 145], rel=0.03)


def test_every_screen_was_seen(demo: Demo) -> None:
    """Promise 6: each step has its page, and none was skipped."""
    out, summary = demo
    seen = [name.split("-", 1)[1].removesuffix(".png") for name in summary["screens"]]
    assert [name for index, name in enumerate(seen) if name not in seen[:index]] == list(SCREENS)
    pictures = [Image.open(out / "screens" / name) for name in summary["screens"]]
    assert len({picture.size for picture in pictures}) == 1
    assert all(len(picture.convert("RGB").getcolors(1 << 22) or []) > 50 for picture in pictures)
    assert 0 < summary["visit_seconds"] < DEMO_SECONDS
