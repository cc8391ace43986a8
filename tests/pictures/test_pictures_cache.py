"""The cache: every way of decoding gives the same pixels, the key follows what changes, nothing is left half."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import DataError, FileError
from nabi.pictures import cache, decoding, hand, workers
from nabi.pictures.cache import cached
from nabi.pictures.decoding import Preparation, decode
from nabi.pictures.entry import Entry
from nabi.pictures.listing import Listing

HOW = Preparation((8, 8), 3)


def picture(number, size=(10, 6)):
    """Bytes of a PNG that no other number has."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(number).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def listing_of(folder):
    """All files of a folder, as `listed` gives them."""
    entries = [Entry(path.name, "a", None, str(path)) for path in sorted(folder.glob("*.png"))]
    return SimpleNamespace(source=folder, entries=entries, random_access=True,
                           stream=lambda: ((k, entry.read()) for k, entry in enumerate(entries)))


@pytest.fixture
def source(tmp_path):
    """40 pictures, the one of number 7 cut short."""
    folder = tmp_path / "그림"
    folder.mkdir()
    for number in range(40):
        data = picture(number)
        (folder / f"{number:02}.png").write_bytes(data[:-30] if number == 7 else data)
    return folder


def test_every_way_gives_the_pixels_of_decode(source, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "core_count", lambda: 1)
    listing, found = listing_of(source), {}
    for way in ("here", "threads", "processes"):
        for random_access in (True, False):
            listing.random_access = random_access
            found[way, random_access] = cached(listing, HOW, workers=way, folder=tmp_path / f"{way}{random_access}")
    first = found["here", True]
    assert first.fresh and first.way == "here" and isinstance(first.pixels, np.memmap) and not first.pixels.flags.writeable
    assert first.kept.tolist() == [k for k in range(40) if k != 7] and first.bad == [("07.png", "truncated")]
    for k in first.kept:
        assert np.array_equal(first.pixels[k], decode(picture(int(k)), HOW))
    for other in found.values():
        assert np.array_equal(other.pixels, first.pixels) and other.bad == first.bad
        assert other.fingerprint == first.fingerprint and np.array_equal(other.digests, first.digests)


def test_a_second_run_decodes_nothing_and_the_key_follows_what_changes(source, tmp_path, monkeypatch):
    listing = listing_of(source)
    first, told = cached(listing, HOW, folder=tmp_path / "c"), []
    monkeypatch.setattr(cache, "decode_all", lambda *given: told.append(given) or pytest.fail("decoded again"))
    again = cached(listing, HOW, folder=tmp_path / "c")
    assert not again.fresh and np.array_equal(again.pixels, first.pixels) and again.bad == first.bad
    assert again.fingerprint == first.fingerprint and np.array_equal(again.kept, first.kept)
    key = cache.key(listing, HOW)
    assert cache.key(listing, Preparation((8, 8), 1)) != key != cache.key(listing, Preparation((8, 8), 3, "crop"))
    os.utime(source / "03.png", (1, 1))
    assert cache.key(listing_of(source), HOW) != key
    (source / "04.png").rename(source / "a04.png")
    assert cache.key(listing_of(source), HOW) != key


def test_files_that_changed_places_are_decoded_again(tmp_path):
    """Of equal size and equal time, as archives leave them."""
    for number, name in enumerate("ab"):
        Image.new("L", (8, 8), 100 * number).save(tmp_path / f"{name}.bmp")
        os.utime(tmp_path / f"{name}.bmp", (1, 1))
    entries = [Entry(f"{name}.bmp", name, None, str(tmp_path / f"{name}.bmp")) for name in "ab"]
    listing = Listing(str(tmp_path), "folder", entries, ["a", "b"], [])
    assert cached(listing, HOW, folder=tmp_path / "c").pixels[:, 4, 4, 0].tolist() == [0, 100]
    for old, new in ("ax", "ba", "xb"):
        (tmp_path / f"{old}.bmp").rename(tmp_path / f"{new}.bmp")
    assert cached(listing, HOW, folder=tmp_path / "c").pixels[:, 4, 4, 0].tolist() == [100, 0]


def test_a_damaged_cache_is_built_anew(source, tmp_path):
    listing = listing_of(source)
    first = np.array(cached(listing, HOW, folder=tmp_path / "c").pixels)
    place = tmp_path / "c" / cache.key(listing, HOW)

    def cut():
        with open(place / "pixels.npy", "r+b") as file:
            file.truncate(500)

    def other_number():
        about = json.loads((place / "about.json").read_text())
        (place / "about.json").write_text(json.dumps(about | {"kept_but": [10**6]}))

    for damage in (cut, other_number, lambda: np.save(place / "digests.npy", np.zeros((3, 32), np.uint8))):
        damage()
        with pytest.warns(UserWarning, match="is damaged .* decoded again"):
            assert np.array_equal(cached(listing, HOW, folder=tmp_path / "c").pixels, first)


def test_too_many_bad_pictures_are_refused_unless_left_out(source, tmp_path):
    for number in range(3):
        (source / f"{number:02}.png").write_bytes(b"no picture at all")
    listing = listing_of(source)
    with pytest.raises(DataError, match=r"at most 5 % that cannot be decoded, got 4 of 40:\n  00.png: not a picture\n"):
        cached(listing, HOW, folder=tmp_path / "c")
    assert len(cached(listing, HOW, folder=tmp_path / "c", left_out={"00.png", "01.png"}).bad) == 4


def test_no_room_is_memory_for_few_and_one_error_for_many(source, tmp_path, monkeypatch):
    listing, expected = listing_of(source), cached(listing_of(source), HOW, folder=tmp_path / "c")

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.warns(UserWarning, match=r"cannot be kept in .* \(No space left on device\): they stay in memory"):
        found = cached(listing, HOW, folder=tmp_path / "d", workers="processes")
    assert np.array_equal(found.pixels, expected.pixels) and found.fingerprint == expected.fingerprint
    assert not found.pixels.flags.writeable and not list((tmp_path / "d").iterdir())
    with pytest.raises(FileError, match="room for 0 MB of decoded pictures, got No space left on device. Free some space"):
        cached(listing, HOW, folder=tmp_path / "d", memory=100)


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(source, tmp_path):
    home = tmp_path / "c"
    dead, living = home / "1.part", home / "2.part"
    for folder in (dead, living):
        folder.mkdir(parents=True)
        (folder / "lock").touch()
    with cache.locked(living):
        cached(listing_of(source), HOW, folder=home)
        assert living.is_dir() and not dead.exists()


def test_of_two_builders_the_second_takes_the_firsts(source, tmp_path, monkeypatch):
    listing, home, decode_all = listing_of(source), tmp_path / "c", cache.decode_all

    def slower(*given):
        monkeypatch.setattr(cache, "decode_all", decode_all)
        cached(listing, HOW, folder=home)  # another process is done first
        return decode_all(*given)

    monkeypatch.setattr(cache, "decode_all", slower)
    cached(listing, HOW, folder=home)
    assert [path.name for path in home.iterdir()] == [cache.key(listing, HOW)]


def test_a_picture_that_kills_its_decoder_is_named(source, tmp_path, monkeypatch):
    """A hand that dies whenever it is given number 5."""
    remote = workers.Remote(tmp_path / "none.npy", HOW)
    monkeypatch.setattr(remote, "start", lambda: None)
    monkeypatch.setattr(remote, "ready", lambda: None)

    def told(message):
        tasks = hand.unpacked(*(lambda file: (file.readline(), file))(io.BytesIO(message)))
        if any(number == 5 for number, _ in tasks):
            raise workers.WorkerDied("worker process", "an answer", "its end")
        return [(number, "", "") for number, _ in tasks]

    monkeypatch.setattr(remote, "told", told)
    done = remote([(k, b"x" * k) for k in range(9)])
    remote.close()
    assert done == [(k, "", "the decoder crashed on it" if k == 5 else "") for k in range(9)]


def test_threads_or_processes_by_the_timing(monkeypatch):
    """Pictures of 5 ms: threads that gain nothing lose to processes, threads that run side by side stay; few stay here."""
    class Idle:
        def __init__(self, place, how):
            self.close = lambda: None

        def __call__(self, tasks):
            return [(number, "", "") for number, _ in tasks]

    class Timed(workers.Crew):
        gain = 1.0

        def work(self, hands, most=None):
            before = self.finished
            super().work(hands, most)
            return 0.005 * (self.finished - before) / (self.gain if len(hands) > 1 else 1)

    monkeypatch.setattr(workers, "Hand", Idle)
    monkeypatch.setattr(workers, "Crew", Timed)
    monkeypatch.setattr(workers, "core_count", lambda: 2)
    monkeypatch.setattr(workers, "replaced", lambda hands, *given: "processes")
    for gain, count, expected in ((1.0, 1000, "processes"), (1.9, 1000, "threads"), (1.9, 200, "here")):
        monkeypatch.setattr(Timed, "gain", gain)
        assert workers.decode_all(((k, b"") for k in range(count)), count, workers.Path("x"), HOW, lambda done: None) == expected


def test_a_worker_imports_neither_torch_nor_the_rest_of_nabi():
    found = subprocess.run([sys.executable, "-X", "importtime", "-m", "nabi.pictures.hand"], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, check=True)
    names = [line.rpartition("|")[2].strip() for line in found.stderr.splitlines()]
    assert "PIL.Image" in names and "torch" not in names
    ours = {name.split(".")[1] for name in names if name.startswith("nabi.")}
    assert ours <= {"core", "pictures"}, ours


def test_a_jpeg_of_the_wanted_size_takes_the_short_way_to_the_same_pixels(monkeypatch):
    smooth = np.linspace(0, 255, 12 * 8 * 3).reshape(12, 8, 3).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 3
    for mode, channels, options in (("RGB", 3, {}), ("L", 1, {}), ("L", 3, {}), ("RGB", 1, {}), ("RGB", 3, {"exif": exif})):
        file = io.BytesIO()
        Image.fromarray(smooth).convert(mode).save(file, "JPEG", **options)
        data, how, found = file.getvalue(), Preparation((12, 8), channels), []
        for ready in (decoding.is_ready, lambda *given: False):
            with monkeypatch.context() as patch:
                patch.setattr(decoding, "is_ready", ready)
                found.append(decode(data, how))
        assert np.array_equal(*found) and found[0].flags.writeable
        with decoding.opened(data) as picture:
            assert decoding.is_ready(picture, how) == (len(mode) == channels and not options)
        with pytest.raises(decoding.Damaged):
            decode(data[:-20], how)


BUILD = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from pictures.test_pictures_cache import HOW, cached, listing_of
listing = listing_of(Path(sys.argv[1]))
listing.entries *= 2000
print("begun", flush=True)
cached(listing, HOW, workers="processes", folder=sys.argv[2])
"""


@pytest.mark.learn
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_build_that_is_stopped_leaves_no_half_cache_and_no_worker(source, tmp_path, how):
    home = tmp_path / "c"
    tests = os.path.dirname(os.path.dirname(__file__))
    builder = subprocess.Popen([sys.executable, "-c", BUILD, str(source), str(home), tests], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    assert builder.stdout.readline() == "begun\n"
    deadline = time.monotonic() + 20
    while not list(home.glob("*.part/pixels.npy")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)
    children = children_of(builder.pid)
    assert len(children) == workers.core_count()
    builder.send_signal(how)
    builder.wait(timeout=20)
    deadline = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{child}") for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{child}") for child in children)
    left = [path.name for path in home.iterdir()]
    assert left == [] if how == signal.SIGINT else [name.endswith(".part") for name in left] == [True]
    cached(listing_of(source), HOW, folder=home)
    assert [path.name for path in home.iterdir()] == [cache.key(listing_of(source), HOW)]


def children_of(pid):
    """Numbers of a process' children."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()
