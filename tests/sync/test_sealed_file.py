"""A file for the office on a stick: whoever finds it reads nothing, and it cannot be passed off as another kiosk's."""

import pytest

from sync.seal import DEFAULT_SUITE, Opener, Sealer, SealError, generate_key
from sync.sealed_file import open_file, seal_file

KEY = Opener(DEFAULT_SUITE, generate_key())
SEALED = seal_file(Sealer(DEFAULT_SUITE, KEY.public_key), "ZT-K01", b"the export")


def test_the_office_opens_it_and_knows_whose_it_is() -> None:
    """Promise 2: sealed to the office alone."""
    assert open_file(KEY, SEALED) == ("ZT-K01", b"the export")
    assert b"the export" not in SEALED


@pytest.mark.parametrize(
    "wrong",
    [SEALED.replace(b"ZT-K01", b"ZT-K02"), SEALED[:-1], SEALED[:-1] + b"\x00", b"no such file", b"", b"a b c\nx"],
    ids=["another kiosk", "cut", "a bit", "no file", "empty", "another kind"],
)
def test_what_was_changed_does_not_open(wrong: bytes) -> None:
    """Promise 4: nothing is taken for an export that is none."""
    with pytest.raises(SealError):
        open_file(KEY, wrong)


def test_another_offices_key_does_not_open_it() -> None:
    """Promise 2."""
    with pytest.raises(SealError):
        open_file(Opener(DEFAULT_SUITE, generate_key()), SEALED)
