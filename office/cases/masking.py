"""What a list may show of a name: its first character. The whole name is in the sealed document alone."""

MOST_STARS = 2  # the length of a name is a hint too
VARIATION_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def masked_name(name: str | None) -> str:
    """Return ``张**`` for ``张伟明``; ``—`` when the name is not known (a typed number comes without one).

    The first character keeps a variation selector behind it: without, it would be another glyph than on the card.
    """
    if not name:
        return "—"
    rest = name[1:]
    head = name[0]
    while rest and any(low <= ord(rest[0]) <= high for low, high in VARIATION_SELECTORS):
        head, rest = head + rest[0], rest[1:]
    return head + "*" * min(len(rest), MOST_STARS)
