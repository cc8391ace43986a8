"""Atomic files: whole or not at all, with the rights of any new file, whoever else writes."""

import os
import threading

import pytest

from nabi.core.errors import FileError
from nabi.core.files import atomic


def test_a_block_that_raises_leaves_the_old_file(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        with atomic(target) as file:
            file.write(b"half")
            raise KeyboardInterrupt
    assert target.read_bytes() == b"old" and os.listdir(tmp_path) == ["a"]


def test_readers_see_the_old_file_until_the_end(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with atomic(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"


def test_rights_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with atomic(tmp_path / "a"):
        pass
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_concurrent_writers_do_not_mix(tmp_path):
    def write(letter: bytes):
        for _ in range(20):
            with atomic(tmp_path / "a") as file:
                for _ in range(50):
                    file.write(letter * 100)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"x", b"y", b"z")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = (tmp_path / "a").read_bytes()
    assert len(content) == 5000 and len(set(content)) == 1 and os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("place", ["absent/a", "file/a"])
def test_a_place_that_cannot_be_written(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError, match="writing .*a: expected a folder that can be written, got No"):
        with atomic(tmp_path / place):
            pass
