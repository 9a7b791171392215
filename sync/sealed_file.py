"""A file for the office on a stick or by mail: sealed to it as submissions are, with one readable line before.

One decision: the line names the kiosk and is bound into the seal, so that a file cannot be passed off as another's.
"""

from sync.seal import Opener, Sealer, SealError

_NAME = "budayang-sealed/1"


def seal_file(sealer: Sealer, kiosk_id: str, plain: bytes) -> bytes:
    """Return the whole file."""
    head = f"{_NAME} {sealer.suite} {kiosk_id}\n".encode()
    return head + sealer.seal(plain, head)


def open_file(opener: Opener, raw: bytes) -> tuple[str, bytes]:
    """Return the kiosk's id and the plain bytes.

    Raises:
        SealError: it is no such file, is sealed to another key, or a bit of it differs.
    """
    line, end, sealed = raw.partition(b"\n")
    words = line.decode("utf-8", "replace").split(" ")
    if not end or len(words) != 3 or words[0] != _NAME:  # noqa: PLR2004 - name, suite, kiosk
        raise SealError("this is no file that a kiosk sealed")
    if words[1] != opener.suite:
        raise SealError(f"it is sealed by {words[1]}, this office's key is of {opener.suite}")
    return words[2], opener.open(sealed, line + end)
