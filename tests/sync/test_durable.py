"""What reaches the disk: whole or not at all, and room that is really there."""

import errno
import os
from pathlib import Path

import pytest

from sync.durable import AlreadyRunning, Disk, SingleInstance
from sync.outbox_schema import OutboxError, OutboxFault
from sync.room import Room


class FullDisk(Disk):
    """A disk whose k-th sync fails."""

    def __init__(self, code: int = errno.ENOSPC, sound_syncs: int = 0) -> None:
        self.code = code
        self.sound_syncs = sound_syncs

    def sync(self, handle: int) -> None:
        if self.sound_syncs <= 0:
            raise OSError(self.code, os.strerror(self.code))
        self.sound_syncs -= 1
        super().sync(handle)


def test_a_file_is_whole_private_and_never_written_over(tmp_path: Path) -> None:
    """Promise 2: nobody else on this machine reads it."""
    path = tmp_path / "blob"
    Disk().write(path, b"x" * 100_000)
    assert path.read_bytes() == b"x" * 100_000
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        Disk().write(path, b"y")


def test_a_file_that_could_not_be_synced_is_not_there(tmp_path: Path) -> None:
    """Promise 1: nothing half stays."""
    with pytest.raises(OSError, match="No space"):
        FullDisk().write(tmp_path / "blob", b"x")
    assert not list(tmp_path.iterdir())


def test_a_replaced_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Promise 1: an identity is never half written."""
    path = tmp_path / "office.json"
    Disk().replace(path, b"old")
    with pytest.raises(OSError, match="No space"):
        FullDisk().replace(path, b"new")
    assert path.read_bytes() == b"old"
    Disk().replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["office.json"]


def test_one_process_holds_the_lock_and_its_end_frees_it(tmp_path: Path) -> None:
    """Promise 1: two deliveries never race."""
    first = SingleInstance(tmp_path / "lock")
    with pytest.raises(AlreadyRunning):
        SingleInstance(tmp_path / "lock")
    first.close()
    SingleInstance(tmp_path / "lock").close()


def test_the_reserve_is_real_space_released_once_and_made_again(tmp_path: Path) -> None:
    """Promise 1: a full disk does not stop delivery."""
    room = Room(tmp_path, Disk(), reserve_bytes=1 << 20)
    assert room.restore()
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 1 << 20
    assert room.release()
    assert not room.release()
    assert not room.held()
    assert room.restore()
    assert room.held()


def test_a_reserve_that_does_not_fit_is_not_made(tmp_path: Path) -> None:
    """Promise 6: it must not itself fill the disk."""
    room = Room(tmp_path, Disk(), reserve_bytes=1 << 60)
    assert not room.restore()
    assert not list(tmp_path.iterdir())


class CountedSpace(Disk):
    """A disk that says how much is free."""

    def __init__(self, free: int) -> None:
        self.space = free

    def free(self, folder: Path) -> int:  # noqa: ARG002 - the real one looks at it
        return self.space


@pytest.mark.parametrize(("free", "fits"), [(3 * 1000 + 500, True), (3 * 1000 + 499, False)])
def test_a_visit_fits_when_its_worst_pages_and_the_reserve_do(tmp_path: Path, free: int, fits: bool) -> None:
    """Promise 4: refused before the first scan, never after."""
    assert Room(tmp_path, CountedSpace(free), reserve_bytes=500, page_bytes=1000).enough(3) is fits


def test_a_folder_that_is_gone_is_said_not_guessed(tmp_path: Path) -> None:
    """Promise 4: unknown room is not room."""
    with pytest.raises(OutboxError) as caught:
        Room(tmp_path / "gone", Disk()).enough(1)
    assert caught.value.reason is OutboxFault.IO_FAILED
