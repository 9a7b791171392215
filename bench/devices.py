"""All seven classes of devices in one process, at their simulators and in their own rhythm."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from drivers.cadence import Cadence
from drivers.model import DeviceClass
from drivers.registry import lookup
from tests.drivers.matrix import Stand
from tests.drivers.stands import STANDS

DRIVERS = {
    DeviceClass.ID_CARD_READER: "sam",
    DeviceClass.CITIZEN_CARD_READER: "pcsc",
    DeviceClass.DOCUMENT_CAMERA: "opencv",
    DeviceClass.RECEIPT_PRINTER: "escpos",
    DeviceClass.DOCUMENT_PRINTER: "ipp",
    DeviceClass.CODE_SCANNER: "serial",
    DeviceClass.AUXILIARIES: "line",
}


def cadence_of(kind: DeviceClass) -> Cadence:
    """Return the rhythm the class has in service."""
    return lookup(kind, DRIVERS[kind]).cadence


@contextmanager
def devices(*, brisk: bool = False) -> Iterator[list[Stand]]:
    """Start all of them; `brisk`: polled faster than in service."""
    logging.getLogger("drivers").setLevel(logging.CRITICAL)  # every loss is meant here
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        made: list[Stand] = []
        for kind, stand in STANDS.items():
            place = Path(folder, kind)
            place.mkdir()
            made.append(stand(place, None if brisk else cadence_of(kind)))
            running.callback(made[-1].stop)
            made[-1].start()
        yield made
