"""A kiosk of its own process that residents use one after another.

Started as `python -m tests.visits.kiosk_process CONFIG LOG PAUSE`.
Its display is LOG: one JSON line for each receipt number that was shown, fsynced at the moment it is shown, with the
SHA-256 of what the resident handed in. PAUSE: seconds between two visits. It ends when it is killed.
"""

import itertools
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import load
from kiosk.services import KioskServices
from kiosk.visit_states import State
from sync.contract import Attachment, sha256_hex
from sync.numbering import Numbering
from tests.visits.visitor import Resident, made_signature, walk_made_visit


class Witness(KioskServices):
    """The real ports, and beside them what was handed in, as hashes."""

    handed_in: dict[str, str]

    def commit(self, build: Callable[[Numbering], bytes], attachments: tuple[Attachment, ...]) -> None:
        """Submit, noting the bytes of the document and of each file."""
        self.handed_in = {each.name: each.sha256 for each in attachments}

        def noted(numbering: Numbering) -> bytes:
            document = build(numbering)
            self.handed_in["document"] = sha256_hex(document)
            return document

        super().commit(noted, attachments)


def main(config: Path, log: Path, pause: float) -> None:
    """Serve residents."""
    logging.basicConfig(level=logging.DEBUG, filename=config.parent / "kiosk.log", encoding="utf-8")
    display = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Resident(load(config), Witness) as resident:
        services = resident.services
        assert isinstance(services, Witness)
        for count in itertools.count():
            name = f"{os.getpid()}-{count}"
            walk_made_visit(resident, name)
            numbering = resident.visit.numbering
            assert resident.visit.state is State.RECEIPT
            assert numbering is not None
            assert services.handed_in["signature.png"] == sha256_hex(made_signature(name))
            line = {"number": numbering.receipt_number, "id": numbering.submission_id, "sha256": services.handed_in}
            os.write(display, (json.dumps(line) + "\n").encode())
            os.fsync(display)
            resident.leave()
            resident.idle(pause)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
