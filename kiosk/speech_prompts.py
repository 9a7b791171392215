"""Sentences a person has recorded: WAV files of the site, ``<folder>/<language>/<words key>.wav``.

Only sentences without parameters can be recorded; what is not, the synthesiser says.
"""

import logging
from pathlib import Path

from kiosk.words import ASSETS, LANGUAGES, Language, load_words, parameters

_log = logging.getLogger(__name__)


class Prompts:
    """The recorded sentences below `folder`; None: none are."""

    def __init__(self, folder: Path | None = None) -> None:
        self._files: dict[tuple[Language, str], Path] = {}
        if folder is None:
            return
        for language in LANGUAGES:
            sentences = load_words(ASSETS / "words" / language)
            for file in sorted((folder / language).glob("*.wav")):
                sentence = sentences.get(file.stem)
                if sentence is None or parameters(sentence):
                    _log.warning("%s/%s is the recording of no sentence", language, file.name)
                else:
                    self._files[language, sentence] = file

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._files)

    def of(self, sentence: str, language: Language) -> Path | None:
        """Return the recording of a sentence as it stands on the glass, if there is one."""
        return self._files.get((language, sentence))
