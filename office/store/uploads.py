"""The names under which blobs are on their way: two kiosks never share one."""

from sqlalchemy import select

from office.store.database import Database
from office.store.models import UploadRow


def upload_name(kiosk_id: str, sha256: str) -> str:
    """Return the name of a kiosk's blob below ``blobs/incoming``."""
    return f"{kiosk_id}.{sha256}"


def unfinished(database: Database) -> frozenset[str]:
    """Return the names that must outlive a restart: what has come of them counts."""
    with database.reading() as session:
        rows = session.execute(select(UploadRow.kiosk_id, UploadRow.sha256))
        return frozenset(upload_name(kiosk_id, sha256) for kiosk_id, sha256 in rows)
