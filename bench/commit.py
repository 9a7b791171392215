"""From "confirm" to the durable row: seal, sync the folder, commit; against append + fsync of the same bytes.

The papers were sealed and synced while the next one was laid down; what a resident waits for is this alone.
"""

import base64
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figures import Figure, percentile, timed
from sync.contract import EnrolAnswer
from sync.enrol import Identity
from sync.outbox import Outbox
from sync.seal import DEFAULT_SUITE, Opener, Sealer, generate_key

CASES = 200
DOCUMENT = os.urandom(2048).hex().encode()  # 4 KiB, as a case with three papers has


def _identity() -> Identity:
    opener = Opener(DEFAULT_SUITE, generate_key(DEFAULT_SUITE))
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    answer = EnrolAnswer(
        region="ZT",
        kiosk_id="ZT-K01",
        site_id="ZT-S00",
        office_signing_key=base64.b64encode(public).decode(),
        seal_suite=DEFAULT_SUITE,
        seal_public_key=base64.b64encode(opener.public_key).decode(),
        seal_key_id=opener.key_id,
    )
    return Identity(answer, key, key.public_key(), Sealer(DEFAULT_SUITE, opener.public_key))


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def measure() -> Iterator[Figure]:
    """Yield median and 99th percentile, both kinds taken in turn."""
    identity = _identity()
    ours, floor = [], []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # a real disk: /tmp may be memory
        outbox = Outbox(Path(folder) / "outbox", identity.sealer, identity, reserve_bytes=1 << 20)
        for _ in range(CASES):
            draft = outbox.begin()
            draft.add(os.urandom(64 * 1024))
            ours.append(timed(partial(draft.commit, lambda _: DOCUMENT)))
            floor.append(timed(lambda: _append(Path(folder) / "floor", DOCUMENT)))
        outbox.close()
    yield Figure.of("confirm_to_durable_p50", median(ours), "ms", median(floor), "2 syncs against 1")
    yield Figure.of("confirm_to_durable_p99", percentile(ours, 99), "ms", percentile(floor, 99), "2 syncs against 1")
