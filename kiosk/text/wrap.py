"""Lines for a printer that counts cells: full width two, half width one; words whole, punctuation where it belongs."""

from drivers.escpos_text import cells
from kiosk.text.clusters import clusters

# Never at the start of a line, and never at its end (kinsoku; GB/T 15834, section 5.1).
_CLOSING = frozenset("。，、；：！？）》〉」』】〕”’…—～·％,.;:!?)]}%")
_OPENING = frozenset("（《〈「『【〔“‘([{")


def width(text: str) -> int:
    """Return the cells `text` takes; a mark or variation selector takes none of its own."""
    return sum(cells(cluster[0]) for cluster in clusters(text))


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines of at most `columns` cells. Only a word longer than a line is torn."""
    lines, line = [], ""
    for chunk in _chunks(text):
        if width(line) + width(chunk.rstrip()) <= columns:
            line += chunk
            continue
        lines.append(line.rstrip())
        line = chunk.lstrip()
        while width(line.rstrip()) > columns:
            head = _head(line, columns)
            lines.append(head)
            line = line[len(head) :]
    lines.append(line.rstrip())
    return [part for part in lines if part] or [""]


def _chunks(text: str) -> list[str]:
    """Split where a line may break; a space stays with the word before it."""
    found: list[str] = []
    for cluster in clusters(text):
        if found and _clings(found[-1], cluster):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _clings(before: str, cluster: str) -> bool:
    """Say whether no line may break between the chunk `before` and `cluster`."""
    if cluster[0].isspace() or cluster[0] in _CLOSING or before[-1] in _OPENING:
        return True
    return _is_latin(before[-1]) and _is_latin(cluster[0])


def _is_latin(ch: str) -> bool:
    """Say whether `ch` is part of a word that is written with spaces around it (Latin, Greek, Cyrillic, digits)."""
    return not ch.isspace() and ord(ch) < 0x2000  # noqa: PLR2004 - the scripts below General Punctuation


def _head(line: str, columns: int) -> str:
    head = ""
    for cluster in clusters(line):
        if head and width(head + cluster) > columns:
            break
        head += cluster
    return head
