"""Which voice a kiosk has: the place where a site's own, licensed one is put instead.

A voice is anything that is `kiosk.speech.Voice`; without one, a kiosk is used by eye and hand, and says so in the log.
"""

import logging
from collections.abc import Callable

from kiosk.config_models import SpeechSection
from kiosk.speech import Voice, VoiceError
from kiosk.speech_espeak import EspeakVoice
from kiosk.speech_prompts import Prompts
from screens.sounds import Speaker

_log = logging.getLogger(__name__)


def new_voice(config: SpeechSection, post: Callable[[Callable[[], None]], None]) -> Voice | None:
    """Return the voice; None where there is none. `post` leads to the window's thread."""
    try:
        return EspeakVoice(Speaker(), post, Prompts(config.prompts))
    except VoiceError as error:
        _log.error("no speech for headphones: %s", error)
        return None
