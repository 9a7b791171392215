"""What the kiosk says, in Chinese and in English: sentences by key, with named parameters, strict about both.

One decision: a word lives in `assets/words/<language>/<room>.toml` and is asked for as ``room.key``; an unknown key, a
missing parameter or one too many is an error that names it, so that a wrong sentence never reaches a resident.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ASSETS = Path(__file__).resolve().parent.parent / "assets"


class WordsError(Exception):
    """A key or a parameter that the words of that language do not have, or a file of words that cannot be read."""


def parameters(sentence: str) -> frozenset[str]:
    """Return the names of the parameters in `sentence`, such as ``page`` in ``第 {page} 页``."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _sentences(prefix: str, table: dict[str, object], file: Path) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _sentences(f"{prefix}.{key}", value, file)
        elif isinstance(value, str):
            yield f"{prefix}.{key}", value
        else:
            raise WordsError(f"{file.name}: {prefix}.{key} is not a sentence")


def load_words(folder: Path) -> dict[str, str]:
    """Return every sentence below one language's `folder` by its key, file name first.

    Raises:
        WordsError: the folder holds no words, or a file is not TOML or holds something that is no sentence.
    """
    sentences: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise WordsError(f"{folder.name}/{file.name}: {error}") from error
        sentences.update(_sentences(file.stem, table, file))
    if not sentences:
        raise WordsError(f"no words in {folder.name}")
    return sentences


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language, folder: Path = ASSETS / "words") -> None:
        self.language: Language = language
        self._sentences = load_words(folder / language)
        self._parameters = {key: parameters(sentence) for key, sentence in self._sentences.items()}

    def __contains__(self, key: str) -> bool:
        """Tell whether there is a sentence for `key`."""
        return key in self._sentences

    def say(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with `values` in their places.

        Raises:
            WordsError: the key is unknown, or `values` are not exactly the sentence's parameters.
        """
        if key not in self._sentences:
            raise WordsError(f"no word {key!r} in {self.language}")
        wanted = self._parameters[key]
        if wanted != values.keys():
            missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
            raise WordsError(f"{self.language} {key}: missing {missing}, unknown {unknown}")
        return self._sentences[key].format_map(values)
