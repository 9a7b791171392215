"""GB 18030-2022, held against the codes the standard gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.text.gb18030 import decode, encode

# Two-byte codes whose characters changed from private use to Unicode in the edition of 2022, and A8BC.
VECTORS = {
    "A6D9": 0xFE10, "A6DA": 0xFE12, "A6DB": 0xFE11, "A6DC": 0xFE13, "A6DD": 0xFE14, "A6DE": 0xFE15, "A6DF": 0xFE16,
    "A6EC": 0xFE17, "A6ED": 0xFE18, "A6F3": 0xFE19, "FE59": 0x9FB4, "FE61": 0x9FB5, "FE66": 0x9FB6, "FE67": 0x9FB7,
    "FE6D": 0x9FB8, "FE7E": 0x9FB9, "FE90": 0x9FBA, "FEA0": 0x9FBB, "A8BC": 0x1E3F,
}  # fmt: skip


@pytest.mark.parametrize(("code", "character"), VECTORS.items())
def test_the_codes_that_changed_map_as_in_2022(code: str, character: int) -> None:
    """Promise 5: 龴 and its like are themselves, both ways, not private-use code points."""
    assert decode(bytes.fromhex(code)) == chr(character)
    assert encode(chr(character)).hex().upper() == code
    assert bytes.fromhex(code).decode("gb18030") != chr(character), "Python's own codec is still the old one"


@pytest.mark.parametrize("old", [0xE78D, 0xE796, 0xE81E, 0xE864, 0xE7C7])
def test_old_private_use_text_is_accepted_and_comes_back(old: int) -> None:
    """Promise 5: what an older system wrote is neither refused nor changed."""
    assert len(encode(chr(old))) == 4
    assert decode(encode(chr(old))) == chr(old)


def test_ordinary_text_is_ordinary_gb() -> None:
    """Promise 5: everything else is as every edition has it."""
    assert encode("A中B").hex() == "41d6d042"
    assert encode("€").hex() == "a2e3"
    assert encode("𬭎") == "𬭎".encode("gb18030")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_unchanged(text: str) -> None:
    """Promise 5: no character of Unicode is lost in GB 18030."""
    assert decode(encode(text)) == text


def test_what_is_no_text_is_refused_without_naming_it() -> None:
    """Promise 2: errors say where, never what."""
    with pytest.raises(ValueError, match="character 1") as caught:
        encode("王\ud842")
    assert "王" not in str(caught.value)
    assert caught.value.__context__ is None
    with pytest.raises(ValueError, match="byte 2") as caught:
        decode("王".encode("gb18030") + b"\xff")
    assert caught.value.__context__ is None
