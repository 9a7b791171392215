"""What an office is told before it starts: where its folder is, where it listens, how large things may be.

One decision: everything has a safe default but the folder. The office never invents a place to keep people's papers.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import make_url

from sync.contract import Identifier

MIB = 1024 * 1024


class OfficeSettings(BaseModel):
    """The settings of one office. Sizes are bytes, times are seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(description="keys, database and sealed blobs live below it; back this one folder up")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; None is office.sqlite in the folder")
    region: Identifier = "ZT"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    name: str = Field(default="支塘镇为民服务中心", description="the centre's name, shown at the desk")
    name_en: str = "Zhitang Town Citizens' Service Centre"
    time_zone: str = Field(default="Asia/Shanghai", description="the zone in which the desk shows times")
    manifest_limit: int = Field(default=2 * MIB, gt=0)
    blob_limit: int = Field(default=64 * MIB, gt=0)
    blobs_limit: int = Field(default=200, gt=0, description="attachments in one submission")
    small_limit: int = Field(default=256 * 1024, gt=0, description="an enrolment, a heartbeat, a form of the desk")
    code_seconds: int = Field(default=15 * 60, gt=0, description="how long an enrolment code can be used")
    idle_seconds: int = Field(default=15 * 60, gt=0, description="a desk session ends after this long unused")
    lock_seconds: int = Field(default=15 * 60, gt=0, description="how long five wrong passwords lock a name")

    @field_validator("database_url")
    @classmethod
    def _sqlite_alone(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith("sqlite:///"):
            scheme = url.partition(":")[0]
            message = f"database_url: this office writes SQLite (sqlite:///PATH), it cannot use {scheme!r}"
            raise ValueError(message)
        if url is not None and make_url(url).database in {None, "", ":memory:"}:
            message = "database_url: the database must be a file, or nothing would be left of it"
            raise ValueError(message)
        return url

    @property
    def url(self) -> str:
        """Return the database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.folder.absolute() / 'office.sqlite'}"
