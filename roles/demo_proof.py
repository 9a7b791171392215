"""What the demo proves: the printed receipt, the case as the office opened it, and equal bytes at both ends."""

import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from office.cases.opening import OpenedCase, read_case
from office.errors import OfficeError
from office.office import open_office
from office.settings import OfficeSettings
from roles.processes import wait_until
from roles.stack import Stack
from sync.contract import sha256_hex

DELIVERY_SECONDS = 30.0
# What the kiosk logs when a case is durable: digests alone, by which both ends can be compared later.
COMMITTED = re.compile(
    r"committed (?P<id>[0-9a-f-]{36}) as (?P<number>\S+): (?P<name>\S+) sha256 (?P<sha>[0-9a-f]{64})"
)


@dataclass
class Proof:
    """The summary, filled as the demo goes."""

    receipt_number: str | None = None
    submission_id: str | None = None
    delivered: bool = False
    sha256_kiosk: dict[str, str] = field(default_factory=dict)
    sha256_office: dict[str, str] = field(default_factory=dict)
    screens: list[str] = field(default_factory=list)
    visit_seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """Return it as summary.json holds it."""
        return asdict(self)


def collect(proof: Proof, stack: Stack, out: Path) -> None:
    """Wait until the office has the case, and lay receipt, papers and case into `out`.

    Raises:
        TimeoutError: the case did not arrive, or no receipt was printed.
    """
    said = [found for line in _log(stack) if (found := COMMITTED.search(line))]
    if not said:
        proof.errors.append("the kiosk committed no case")
        return
    proof.submission_id, proof.receipt_number = said[-1]["id"], said[-1]["number"]
    proof.sha256_kiosk = {found["name"]: found["sha"] for found in said if found["id"] == proof.submission_id}
    case = _delivered_case(stack, proof.submission_id)
    proof.sha256_office = {"document.json": sha256_hex(case.document_bytes)}
    proof.sha256_office |= {name: sha256_hex(plain) for name, plain in case.attachments.items()}
    proof.delivered = True
    if proof.sha256_office != proof.sha256_kiosk:
        proof.errors.append("the office holds other bytes than the kiosk committed")
    if case.document.receipt_number != proof.receipt_number:
        proof.errors.append("the office knows the case by another receipt number")
    _keep(proof, stack, case, out)


def _log(stack: Stack) -> list[str]:
    return stack.places.log("kiosk").read_text("utf-8").splitlines()


def _delivered_case(stack: Stack, submission_id: str) -> OpenedCase:
    """Open the case at the office as soon as it is complete there."""
    kiosk = stack.config.kiosk
    found: list[OpenedCase] = []

    def arrived() -> bool:
        with open_office(OfficeSettings(folder=stack.places.office)) as office:
            try:
                found.append(read_case(office, kiosk.region, kiosk.id, submission_id))
            except OfficeError:
                return False
        return True

    wait_until("the case is at the office", arrived, DELIVERY_SECONDS)
    return found[0]


def _keep(proof: Proof, stack: Stack, case: OpenedCase, out: Path) -> None:
    """Lay the printed receipt, the first paper and the case into `out`."""
    (out / "case.json").write_bytes(case.document_bytes)
    papers = [plain for name, plain in case.attachments.items() if name.endswith(".pdf")]
    if papers:
        (out / "document.pdf").write_bytes(papers[0])
    else:
        proof.errors.append("the case holds no scanned paper")
    receipts = stack.places.receipts
    wait_until("a receipt is printed", lambda: any(receipts.glob("*.png")), DELIVERY_SECONDS)
    for ending in ("bin", "png"):
        shutil.copyfile(max(receipts.glob(f"*.{ending}")), out / f"receipt.{ending}")
