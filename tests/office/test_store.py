"""The office's memory and keys."""

import hashlib
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from office.cases.filing import case_row
from office.cases.gaps import Gap, gaps
from office.cases.life import steps_of
from office.cases.masking import masked_name
from office.errors import OfficeError, Refusal
from office.keys import load_or_create_keys
from office.office import Office, make_office, open_office
from office.settings import OfficeSettings
from office.store.database import _durable
from office.store.models import SCHEMA_VERSION, CaseRow, QuarantineRow, SubmissionRow, UserRow
from office.store.writer import Writer
from sync.contract import CaseDocument
from tests.office.people import SUBMITTED, a_document, submission_id

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def a_submission(seq: int) -> SubmissionRow:
    return SubmissionRow(
        region="ZT",
        kiosk_id="K01",
        submission_id=str(seq),
        seq=seq,
        kind="case",
        manifest=b"",
        manifest_sha256="",
        first_seen=NOW,
    )


def a_quarantined(seq: int) -> QuarantineRow:
    return QuarantineRow(
        region="ZT",
        kiosk_id="K01",
        manifest_sha256=str(seq),
        submission_id=str(seq),
        seq=seq,
        reason="",
        manifest=b"",
        quarantined_at=NOW,
    )


def missing(office: Office) -> list[Gap]:
    with office.database.reading() as session:
        return gaps(session, "ZT", "K01")


def test_the_database_runs_with_wal_and_full_synchronous(tmp_path: Path) -> None:
    """Promise 1: what is committed is on the disk."""
    with open_office(OfficeSettings(folder=tmp_path)) as office, Session(office.database.writing) as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_a_database_that_cannot_keep_wal_is_refused(tmp_path: Path) -> None:
    """Promise 1: an office that could lose what it receipted does not start."""
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(OfficeError, match="runs with memory"):
        _durable(connection, None)
    with pytest.raises(ValidationError, match="must be a file"):
        OfficeSettings(folder=tmp_path, database_url="sqlite:///:memory:")


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    """Promise 4: the office does not guess at tables it does not know."""
    with open_office(OfficeSettings(folder=tmp_path)) as office:
        office.writer.run(lambda session: session.execute(text("PRAGMA user_version = 99")))
    with pytest.raises(OfficeError, match="version 99"), open_office(OfficeSettings(folder=tmp_path)):
        pass


def test_an_office_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    """Promise 1: its cases are still there, and stand where they stood."""
    settings = OfficeSettings(folder=tmp_path)
    with open_office(settings) as office:
        rows = [_of_version_1(office.writer, status, n) for n, status in enumerate(("NEW", "SEEN"), 1)]
        for statement in _BACK_TO_1:
            office.writer.run(partial(_execute, statement))
    with open_office(settings) as office, office.database.reading() as session:
        cases = [session.get_one(CaseRow, key) for key in rows]
        assert [case.status for case in cases] == ["RECEIVED", "CHECKING"]
        assert [[step.state for step in steps_of(session, case)] for case in cases] == [
            ["RECEIVED"],
            ["RECEIVED", "CHECKING"],
        ]
        assert session.execute(text("PRAGMA user_version")).scalar_one() == SCHEMA_VERSION


_BACK_TO_1 = (
    "DROP INDEX case_by_applicant",
    "DROP INDEX case_by_id",
    "DROP INDEX case_by_about",
    "DROP TABLE step",
    'ALTER TABLE "case" DROP COLUMN applicant_key',
    'ALTER TABLE "case" DROP COLUMN purpose',
    'ALTER TABLE "case" DROP COLUMN about',
    "PRAGMA user_version = 1",
)


def _execute(statement: str, session: Session) -> None:
    session.execute(text(statement))


def _of_version_1(writer: Writer, status: str, n: int) -> tuple[str, str, str]:
    document = CaseDocument.model_validate({**a_document(), "submission_id": submission_id(n)})
    row = case_row(document, "", SUBMITTED)
    row.status = status
    writer.run(lambda session: session.add(row))
    return document.region, document.kiosk_id, document.submission_id


def test_a_database_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    """Promise 8: the sentence names the setting, and no password that stood in it."""
    with pytest.raises(ValidationError, match=r"SQLite .* it cannot use 'postgresql'"):
        OfficeSettings(folder=tmp_path, database_url="postgresql://somebody@host/db")


def test_readers_cannot_write(tmp_path: Path) -> None:
    """Promise 1: there is one writer."""
    with open_office(OfficeSettings(folder=tmp_path)) as office, office.database.reading() as session:
        session.add(a_submission(1))
        with pytest.raises(OperationalError, match="readonly"):
            session.flush()


def test_a_refused_piece_of_work_undoes_itself_alone(tmp_path: Path) -> None:
    """Promise 3: what commits in one group fails one by one."""
    with open_office(OfficeSettings(folder=tmp_path)) as office:
        started, go_on = threading.Event(), threading.Event()

        def hold(_session: Session) -> None:
            started.set()
            assert go_on.wait(10)

        def refuse(session: Session) -> None:
            session.add(a_submission(2))
            session.flush()
            raise Refusal(409, "no")

        results: list[object] = []

        def run_refused() -> None:
            with pytest.raises(Refusal):
                office.writer.run(refuse)
            results.append("refused")

        holder = threading.Thread(target=office.writer.run, args=(hold,))
        holder.start()
        assert started.wait(10)
        others = [
            threading.Thread(target=run_refused),
            threading.Thread(target=office.writer.run, args=(lambda session: session.add(a_submission(1)),)),
        ]
        for thread in others:
            thread.start()
        go_on.set()
        for thread in (holder, *others):
            thread.join(10)
        with office.database.reading() as session:
            assert session.get(SubmissionRow, ("ZT", "K01", "1")) is not None
            assert session.get(SubmissionRow, ("ZT", "K01", "2")) is None
    assert results == ["refused"]


def test_a_closed_writer_takes_no_work(tmp_path: Path) -> None:
    """Promise 1: work that would not be done is refused, not forgotten."""
    with open_office(OfficeSettings(folder=tmp_path)) as office:
        pass
    with pytest.raises(OfficeError, match="closing"):
        office.writer.run(lambda session: session.get(UserRow, "x"))


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    """Promise 2: nobody but the office reads its keys."""
    first = load_or_create_keys(tmp_path / "keys", may_create=True)
    again = load_or_create_keys(tmp_path / "keys", may_create=False)
    assert (first.key_id, first.signing_public) == (again.key_id, again.signing_public)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}
    assert first.key_id[:12] in repr(first)


def test_an_office_with_data_never_makes_a_new_key(tmp_path: Path) -> None:
    """Promise 1: a new key would open nothing of what was received."""
    with open_office(OfficeSettings(folder=tmp_path)):
        pass
    (tmp_path / "keys" / "seal.json").unlink()
    with pytest.raises(OfficeError, match="restore"), open_office(OfficeSettings(folder=tmp_path)):
        pass


@pytest.mark.parametrize("content", [b"{", b'{"suite": "Ed25519", "private_key": "%%"}', b'{"suite": "x"}'])
def test_a_damaged_key_is_named(tmp_path: Path, content: bytes) -> None:
    """Promise 8: the sentence says which folder to restore."""
    load_or_create_keys(tmp_path, may_create=True)
    (tmp_path / "signing.json").write_bytes(content)
    with pytest.raises(OfficeError, match=str(tmp_path)):
        load_or_create_keys(tmp_path, may_create=False)


@pytest.mark.parametrize(
    ("seen", "quarantined", "expected"),
    [
        ([], [], []),
        ([1, 2, 3], [], []),
        ([3], [], [Gap(1, 2)]),
        ([1, 4, 9], [5], [Gap(2, 3), Gap(6, 8)]),
    ],
)
def test_a_missing_number_is_a_gap(
    tmp_path: Path, seen: list[int], quarantined: list[int], expected: list[Gap]
) -> None:
    """Promise 4: what a kiosk has sent and the office has not is shown, not guessed away."""
    with open_office(OfficeSettings(folder=tmp_path)) as office:
        rows = [*map(a_submission, seen), *map(a_quarantined, quarantined)]
        office.writer.run(lambda session: session.add_all(rows))
        assert missing(office) == expected


@given(st.text(min_size=1))
def test_a_masked_name_shows_its_first_character_and_no_other(name: str) -> None:
    """Promise 2: a list tells no name."""
    head = masked_name(name).rstrip("*")
    assert name.startswith(head)
    assert (
        len([sign for sign in head if not 0xFE00 <= ord(sign) <= 0xFE0F and not 0xE0100 <= ord(sign) <= 0xE01EF]) <= 1
    )


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张伟", "张*"),
        ("王小龴", "王**"),
        ("𠅤一二三四", "𠅤**"),
        ("葛\U000e0101明", "葛\U000e0101*"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_a_masked_name_keeps_the_glyph_it_shows(name: str | None, masked: str) -> None:
    """Promise 5: also the one character that is shown is exactly the card's."""
    assert masked_name(name) == masked


def test_an_office_whose_database_is_lost_or_damaged_does_not_start_empty(tmp_path: Path) -> None:
    """Promise 4 and 8: papers without their database are never taken for a new office; the sentence says what to do."""
    settings = OfficeSettings(folder=tmp_path)
    with open_office(settings) as office:
        sha256 = hashlib.sha256(b"sealed").hexdigest()
        office.blobs.append("K01.blob", 0, b"sealed")
        assert office.blobs.finish("K01.blob", sha256)
    database = tmp_path / "office.sqlite"
    database.write_bytes(b"\xff" * 5000)
    with pytest.raises(OfficeError, match=r"NOTADB.*restore office.sqlite"):
        make_office(settings)
    database.unlink()
    with pytest.raises(OfficeError, match=r"papers but no database: restore office.sqlite"):
        make_office(settings)
