"""What a visit is told once, taken from kiosk.toml, the catalogue and the forms."""

import logging

from kiosk.catalogue import load_or_last_good
from kiosk.config import KioskConfig
from kiosk.forms import shipped_forms
from kiosk.visit_core import Setting
from kiosk.visit_limits import limits_of

_log = logging.getLogger(__name__)


def setting_of(config: KioskConfig) -> Setting:
    """Return the setting of this kiosk.

    Raises:
        CatalogueError: there is no good catalogue, not even an earlier one.
        FormError: a form is wrong.
        OSError: the good catalogue could not be kept.
    """
    loaded = load_or_last_good(config.kiosk.catalogue, config.kiosk.state / "catalogue")
    if loaded.fault is not None:
        _log.error("the last good catalogue stays in force, the new one is refused: %s", loaded.fault)
    return Setting(
        catalogue=loaded.catalogue,
        forms=shipped_forms(),
        region=config.kiosk.region,
        kiosk_id=config.kiosk.id,
        site_id=config.kiosk.site,
        limits=limits_of(config),
    )
