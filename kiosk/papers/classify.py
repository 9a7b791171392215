"""What paper is this? Size and ground first, then the words on it where they were read; "unknown" when it is not sure.

One decision: without words no kind is claimed, for a card of that size may be any card; size and ground only rule out.
With words a kind is claimed when its rule alone holds, and two that hold are settled by nothing but the words.
"""

from collections.abc import Mapping, Sequence

from kiosk.form_checks import FORMATS
from kiosk.papers.kinds import PaperKind, SeenPaper
from kiosk.papers.looks import Looks, could_be
from kiosk.papers.rules import Rule, shipped_rules
from kiosk.papers.text import Row, has

_ALONE = 8  # characters beside the word, such as the country's or the province's name before it
_SHORT_WORD = 2


def what_paper(looks: Looks, rows: Sequence[Row] | None, rules: Mapping[PaperKind, Rule] | None = None) -> SeenPaper:
    """Return what a page is.

    Args:
        looks: its size and colours.
        rows: what was read of it, None where nothing has been (no reading here, or it is not through yet).
        rules: None: the shipped ones.
    """
    known = shipped_rules() if rules is None else rules
    candidates = {kind: rule for kind, rule in known.items() if could_be(looks, rule)}
    if rows is None:
        return SeenPaper(PaperKind.UNKNOWN, frozenset(candidates) | {PaperKind.UNKNOWN}, read=False)
    fitting = {
        kind: _evidence(rule, rows) for kind, rule in candidates.items() if not rule.plain and _holds(rule, rows)
    }
    kind = _best(fitting)
    if kind is None and not fitting:
        kind = next((k for k, r in candidates.items() if r.plain and not looks.framed and _holds(r, rows)), None)
    if kind is not None:
        return SeenPaper(kind, frozenset({kind}), read=True)
    hinted = {each for each, rule in candidates.items() if each in fitting or _evidence(rule, rows)}
    return SeenPaper(PaperKind.UNKNOWN, frozenset(hinted) | {PaperKind.UNKNOWN}, read=True)


def _best(fitting: Mapping[PaperKind, int]) -> PaperKind | None:
    """Return the kind with most words; None where there is none, or two have as many."""
    ranked = sorted(fitting, key=lambda kind: -fitting[kind])
    if len(ranked) > 1 and fitting[ranked[0]] == fitting[ranked[1]]:
        return None
    return ranked[0] if ranked else None


def _evidence(rule: Rule, rows: Sequence[Row]) -> int:
    """Return how many of a rule's words were read."""
    return sum(any(has(row.text, word) for row in rows) for word in (*rule.must, *rule.words))


def _holds(rule: Rule, rows: Sequence[Row]) -> bool:
    """Tell whether what was read is what the rule asks for."""
    if len(rows) < rule.lines or _read_any(rule.never, rows):
        return False
    if any(_alone(row, word) for row in rows for word in rule.never_alone):
        return False
    if rule.number is not None and any(_numbered(row, rule.number) for row in rows):
        return True
    if rule.must and not any(_stands(rule, row, word) for row in rows for word in rule.must):
        return False
    return sum(_read_any((word,), rows) for word in rule.words) >= rule.enough


def _read_any(words: Sequence[str], rows: Sequence[Row]) -> bool:
    return any(has(row.text, word) for row in rows for word in words)


def _stands(rule: Rule, row: Row, word: str) -> bool:
    """Tell whether `word` stands where the rule wants it."""
    left, top, right, bottom = rule.within
    if not (left <= row.x <= right and top <= row.y <= bottom):
        return False
    return _alone(row, word) if rule.alone else has(row.text, word)


def _alone(row: Row, word: str) -> bool:
    return len(row.text) <= len(word) + _ALONE and has(row.text, word)


def _numbered(row: Row, form: str) -> bool:
    digits = "".join(ch for ch in row.text if ch.isdigit())
    mostly = len(digits) >= len(row.text) - _SHORT_WORD
    return mostly and FORMATS[form](digits) is None
