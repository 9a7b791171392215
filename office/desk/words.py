"""What the desk says, in Chinese and in English: one TOML file a language, both with the same keys.

One decision: an unknown key is an error, and both languages are checked against each other when the office starts.
"""

import tomllib
from pathlib import Path
from typing import Literal

from office.errors import OfficeError

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FOLDER = Path(__file__).parent / "words"


class DeskWords:
    """The desk's sentences in one language."""

    def __init__(self, language: Language, sentences: dict[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def say(self, key: str, **parameters: object) -> str:
        """Return the sentence of `key` with its parameters.

        Raises:
            OfficeError: there is no such key.
        """
        if key not in self._sentences:
            message = f"the desk has no words for {key!r}"
            raise OfficeError(message)
        return self._sentences[key].format(**parameters)

    def name(self, group: str, value: str) -> str:
        """Return the word for a value of a fixed list (``device.PAPER_OUT``), or the value itself when it is new."""
        return self._sentences.get(f"{group}.{value}", value)


def load_desk_words() -> dict[Language, DeskWords]:
    """Return the words of every language.

    Raises:
        OfficeError: the languages do not have the same keys.
    """
    tables: dict[Language, dict[str, str]] = {}
    for language in LANGUAGES:
        table = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
        tables[language] = {f"{group}.{key}": text for group, words in table.items() for key, text in words.items()}
    unequal = tables["zh"].keys() ^ tables["en"].keys()
    if unequal:
        message = f"desk words in one language alone: {', '.join(sorted(unequal))}"
        raise OfficeError(message)
    return {language: DeskWords(language, sentences) for language, sentences in tables.items()}
