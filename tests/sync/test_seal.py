"""Sealing: what is handed in can be read by the office alone."""

import pytest

from sync import seal

PLAIN = "王小明 320582199001011234".encode()
INFO = seal.document_info("0192f0c0-0000-7000-8000-000000000001")
each_suite = pytest.mark.parametrize("suite", list(seal.SUITES))


def _pair(suite: str) -> tuple[seal.Sealer, seal.Opener]:
    private = seal.generate_key(suite)
    return seal.Sealer(suite, seal.public_key_of(suite, private)), seal.Opener(suite, private)


@each_suite
def test_the_office_opens_what_the_kiosk_sealed(suite: str) -> None:
    """Promise 1: byte-identical at the other end."""
    sealer, opener = _pair(suite)
    assert opener.open(sealer.seal(PLAIN, INFO), INFO) == PLAIN
    assert sealer.key_id == opener.key_id
    assert len(sealer.key_id) == 64


@each_suite
def test_sealed_bytes_hold_nothing_readable_and_never_repeat(suite: str) -> None:
    """Promise 2: sealed the moment it is submitted."""
    sealer, _ = _pair(suite)
    first, second = sealer.seal(PLAIN, INFO), sealer.seal(PLAIN, INFO)
    assert first != second
    assert PLAIN not in first


@each_suite
def test_a_changed_bit_anywhere_does_not_open(suite: str) -> None:
    """Promise 1: bit rot is found, never delivered as if it were the case."""
    sealer, opener = _pair(suite)
    sealed = sealer.seal(PLAIN, INFO)
    for place in (0, len(sealed) // 2, len(sealed) - 1):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        with pytest.raises(seal.SealError):
            opener.open(bytes(damaged), INFO)


@each_suite
@pytest.mark.parametrize("sealed", [b"", b"short", bytes(4096)], ids=["empty", "short", "zeros"])
def test_garbage_does_not_open(suite: str, sealed: bytes) -> None:
    """Promise 4: garbage is called garbage."""
    _, opener = _pair(suite)
    with pytest.raises(seal.SealError):
        opener.open(sealed, INFO)


@each_suite
def test_another_key_or_another_place_does_not_open(suite: str) -> None:
    """Promise 1: an attachment cannot be moved to another submission."""
    sealer, opener = _pair(suite)
    _, stranger = _pair(suite)
    sealed = sealer.seal(PLAIN, INFO)
    with pytest.raises(seal.SealError):
        opener.open(sealed, seal.document_info("0192f0c0-0000-7000-8000-000000000002"))
    with pytest.raises(seal.SealError):
        opener.open(sealed, seal.attachment_info("0192f0c0-0000-7000-8000-000000000001"))
    with pytest.raises(seal.SealError):
        stranger.open(sealed, INFO)


@each_suite
@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 5000], ids=["empty", "short", "long"])
def test_a_key_of_the_wrong_form_is_refused_with_a_sentence(suite: str, key: bytes) -> None:
    """Promise 8: a wrong key is a matter of configuration and says so."""
    with pytest.raises(seal.SealError, match="not a public key"):
        seal.Sealer(suite, key)
    with pytest.raises(seal.SealError, match="not a private key"):
        seal.Opener(suite, key)


def test_a_point_of_low_order_is_refused() -> None:
    """Promise 2: a key that would agree on a known secret seals nothing."""
    sealer = seal.Sealer("X25519+HKDF-SHA256+AES-256-GCM", bytes(32))
    with pytest.raises(seal.SealError, match="not usable"):
        sealer.seal(PLAIN, INFO)


def test_an_unknown_suite_is_named_with_those_known() -> None:
    """Promise 8: whoever reads the error can act."""
    with pytest.raises(seal.SealError, match=r"ROT13.*MLKEM768-X25519"):
        seal.generate_key("ROT13")


def test_no_key_shows_in_a_repr() -> None:
    """Promise 2: what is printed by accident gives nothing away."""
    private = seal.generate_key()
    assert private.hex() not in repr(seal.Opener(seal.DEFAULT_SUITE, private))
