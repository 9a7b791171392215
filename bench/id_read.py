"""A full read of an ID card against the wire time of its bytes, by a simulator that answers at once at 115200 baud."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.figures import Figure, timed
from drivers.deadline import Deadline
from drivers.recorder import FlightRecorder
from drivers.sam import ReadIdentity, SamOptions, SamReader
from drivers.sim.sam import SamSimulator

BAUD = 115200
BITS_A_BYTE = 10  # 8N1: start bit, eight data bits, stop bit
# find 10 out, 15 back; select 10, 19; read text and photo 10, 1295 (GA/T 467, see docs in drivers/sam_codec.py)
WIRE_BYTES = (10 + 15) + (10 + 19) + (10 + 1295)
READS = 20


def measure() -> Iterator[Figure]:
    """Yield the median read."""
    floor = WIRE_BYTES * BITS_A_BYTE / BAUD * 1000
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "id-card"
        simulator = SamSimulator(link, paced=BAUD)
        simulator.start()
        reader = SamReader(str(link), SamOptions(), FlightRecorder())
        try:
            reader.open(Deadline.after(5))
            times = []
            for _ in range(READS):
                simulator.do("put_card", card="wang")
                times.append(timed(lambda: reader.execute(ReadIdentity(), Deadline.after(5), lambda: False)))
                simulator.do("lift_card")
        finally:
            reader.close()
            simulator.stop()
    yield Figure.of("id_card_read", median(times), "ms", floor, "ratio <= 1.25")
