"""A copy of a receipt, for who lost the first: its number, the item and the times, and nothing about the person.

The verification code is not on it: the kiosk forgets the code once the receipt is out.
"""

from datetime import datetime

from drivers.print_job import Cut, Feed, Part, Rule, Text
from kiosk.receipt import COLUMNS, fact, number_lines, spoken_moment
from kiosk.text.wrap import wrap
from kiosk.words import Words


def copy_parts(
    words: Words,
    *,
    receipt_number: str,
    item_title: str,
    submitted_at: datetime,
    copy_number: int,
    printed_at: datetime,
) -> tuple[Part, ...]:
    """Compose copy `copy_number` (from 1) of the receipt `receipt_number`; both times in the kiosk's zone."""
    return (
        Text(words.say("receipt.copy"), 2, bold=True, align="center"),
        *number_lines(receipt_number, words),
        Rule(),
        Text("\n".join(wrap(item_title, COLUMNS // 2)), 2),
        Feed(),
        *fact(words.say("receipt.time"), spoken_moment(submitted_at, words.language)),
        *fact(words.say("receipt.copied"), spoken_moment(printed_at, words.language)),
        *fact(words.say("receipt.copy_number"), str(copy_number)),
        Rule(),
        *(Text(line, align="center") for line in wrap(words.say("receipt.copy_how"), COLUMNS)),
        Cut(),
    )
