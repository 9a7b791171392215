"""GB 18030-2022, which Python's codec of that name is not.

Python keeps the mapping of the year 2000: 18 two-byte codes go to private-use code points that the standard of 2022
gives to U+FE10–FE19 and U+9FB4–9FBB, and A8BC goes to U+E7C7 where U+1E3F belongs. Each is an exact swap with the
four-byte code of its partner, so this layer swaps the characters and lets the codec do the rest; text that still holds
the old private-use code points is accepted and comes back unchanged.
"""

__all__ = ["decode", "encode"]

_OLD_TO_NEW = {
    **dict(zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True)),
    **dict(
        zip(
            (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
            range(0x9FB4, 0x9FBC),
            strict=True,
        )
    ),
    0xE7C7: 0x1E3F,
}
_SWAP = {**_OLD_TO_NEW, **{new: old for old, new in _OLD_TO_NEW.items()}}


def encode(text: str) -> bytes:
    """Return `text` in GB 18030-2022.

    Raises:
        ValueError: a lone surrogate, the only thing GB 18030 has no code for. The text itself is not named.
    """
    try:
        return text.translate(_SWAP).encode("gb18030")
    except UnicodeEncodeError as error:
        place = error.start
    raise ValueError(f"character {place} is half of a surrogate pair, which GB 18030 cannot carry")


def decode(data: bytes) -> str:
    """Return the text that `data` is in GB 18030-2022.

    Raises:
        ValueError: bytes that are no GB 18030. The bytes themselves are not named.
    """
    try:
        return data.decode("gb18030").translate(_SWAP)
    except UnicodeDecodeError as error:
        place = error.start
    raise ValueError(f"byte {place} begins no GB 18030 character")
