"""Listing: folders, tables, archives and shards of the same pictures give the same labels; what lies beside them does no harm."""

import gzip
import io
import json
import os
import tarfile
import unicodedata
from contextlib import contextmanager
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nabi.core.errors import DataError, FileError, StateError
from nabi.pictures import Preparation, archive, decode, listed
from nabi.pictures.names import natural

PNG = {}
for colour in range(12):
    file = io.BytesIO()
    Image.new("L", (8, 8), colour * 20).save(file, "PNG")
    PNG[colour] = file.getvalue()


def tree(root, files):
    """Files {name: bytes} below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def tar(path, files, packed=False):
    """Files {name: bytes} in an archive; None is a folder, a TarInfo stands for itself."""
    with tarfile.open(path, "w:gz" if packed else "w") as out:
        for name, content in files.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            if content is None:
                info.type = tarfile.DIRTYPE
            elif isinstance(content, bytes):
                info.size = len(content)
            out.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return path


def said(listing):
    """{name: (label, part)}."""
    return {entry.name: (entry.label, entry.part) for entry in listing.entries}


SMALL = {"class2/b10.png": PNG[1], "class2/b9.png": PNG[2], "class10/deep/er/a.PNG": PNG[3], "class10/c.jpg": PNG[4]}


def test_folders_are_classes_in_natural_order(tmp_path):
    found = listed(tree(tmp_path, SMALL))
    assert found.class_names == ["class2", "class10"] and found.kind == "folder" and found.random_access
    names = [entry.name for entry in found.entries]
    assert names == ["class2/b9.png", "class2/b10.png", "class10/c.jpg", "class10/deep/er/a.PNG"]
    assert found.y.tolist() == [0, 0, 1, 1] and [entry.read() for entry in found.entries] == [PNG[2], PNG[1], PNG[4], PNG[3]]
    assert list(found.stream([2, 0])) == [(2, PNG[4]), (0, PNG[2])]


@pytest.mark.parametrize("validation", ["val", "valid", "Validation", "검증"])
@pytest.mark.parametrize("around", ["", "photos/2026/"])
def test_parts(tmp_path, validation, around):
    parts = {"train": "train", validation: "validation", "test": "test"}
    files = {f"{around}{part}/{label}/1.png": PNG[1] for part in parts for label in ("고양이", "dog")}
    found = listed(tree(tmp_path, files))
    assert found.class_names == ["dog", "고양이"] and len(found.entries) == 6
    assert said(found) == {name: (name.split("/")[-2], parts[name.split("/")[-3]]) for name in files}


def test_a_class_may_be_called_train(tmp_path):
    files = {f"{label}/{n}/1.png": PNG[1] for label in ("bus", "train", "car") for n in (1, 2)}
    found = listed(tree(tmp_path, files))
    assert found.class_names == ["bus", "car", "train"] and set(found.parts) == {None}


def test_what_lies_about_is_left_out_and_named(tmp_path):
    tree(tmp_path, SMALL | {
        "class2/.DS_Store": b"x", "class2/Thumbs.db": b"x", "__MACOSX/class2/._b9.png": b"x", "class2/._b9.png": b"x",
        "class2/empty.png": b"", "class2/notes.txt": b"x", "class10/phone.HEIC": b"x", "labels/boxes.xml": b"x",
        "loose.png": PNG[1]})
    (tmp_path / "class2/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "class2/gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "class10/again").symlink_to(tmp_path / "class2", target_is_directory=True)
    outside = tree(tmp_path.parent / f"{tmp_path.name}-outside", {"x.png": PNG[5]})
    (tmp_path / "class10/linked").symlink_to(outside, target_is_directory=True)
    os.mkfifo(tmp_path / "class10/pipe.png")
    found = listed(tmp_path)
    assert set(said(found)) == {*SMALL, "class10/linked/x.png"} and found.class_names == ["class2", "class10"]
    reasons = dict(found.left_out)
    assert reasons.items() >= {
        "class2/empty.png": "an empty file", "class2/loop": "a link to a folder that is read already",
        "class2/gone.png": "a link to nothing", "class10/pipe.png": "not a plain file", "loose.png": "in no class folder",
        "class10/again": "a link to a folder that is read already"}.items()
    assert reasons["class10/phone.HEIC"].startswith(".heic is not read")
    assert {reasons[name] for name in ("class2/.DS_Store", "class2/Thumbs.db", "__MACOSX", "class2/._b9.png")} == {"hidden"}


def test_korean_names_in_pieces_are_the_same_label(tmp_path):
    pieces = unicodedata.normalize("NFD", "웃음")
    tree(tmp_path, {"웃음/하나.png": PNG[1], f"{pieces}/둘.png": PNG[2], "무표정/1.png": PNG[3]})
    raw = os.fsencode(tmp_path) + b"/" + "무표정".encode("cp949")
    os.mkdir(raw)
    (tmp_path / os.fsdecode(raw) / "2.png").write_bytes(PNG[4])
    found = listed(tmp_path)
    assert found.class_names == ["무표정", "웃음"] and found.y.tolist() == [0, 0, 1, 1]
    assert {entry.read() for entry in found.entries} == {PNG[1], PNG[2], PNG[3], PNG[4]}
    assert len({entry.name for entry in found.entries}) == 4


@pytest.mark.parametrize("forms", ["NFC NFD", "NFD NFC"])
def test_of_two_names_that_differ_in_form_only_both_are_kept(tmp_path, monkeypatch, forms):
    """Whichever of them the disk gives first, and in one class."""
    scandir, order = os.scandir, [unicodedata.normalize(form, "웃음") for form in forms.split()]
    tree(tmp_path, {f"{name}/{file}.png": PNG[k] for k, (name, file) in enumerate(product(order, ("하나", "둘")), 1)}
         | {"b/1.png": PNG[0]})

    @contextmanager
    def in_order(path):
        with scandir(path) as found:
            yield sorted(found, key=lambda entry: order.index(entry.name) if entry.name in order else 2, reverse=True)

    monkeypatch.setattr("nabi.pictures.folder.os.scandir", in_order)
    found = listed(tmp_path)
    assert found.class_names == ["b", "웃음"] and found.y.tolist() == [0, 1, 1, 1, 1]
    assert len({entry.name for entry in found.entries}) == 5 and len({entry.read() for entry in found.entries}) == 5


@pytest.mark.parametrize("files, message", [
    ({}, "expected pictures .* got none"),
    ({"a/notes.txt": b"x"}, r"got none \(no picture by its ending: 1\)"),
    ({"1.png": PNG[1], "2.png": PNG[2]}, "got 2 pictures without labels: '1.png', '2.png'. Make a folder of each class"),
    ({"train/1.png": PNG[1], "test/1.png": PNG[1]}, "got 2 pictures without labels"),
    ({"cat/1.png": PNG[1]}, "expected two classes or more, got one: 'cat' with 1 pictures"),
    ({"a/1.png": PNG[1], "b/1.png": PNG[1], "c/.keep": b""}, "expected pictures in every class, got none in 'c'"),
    ({"a/1.png": PNG[1], "b/1.png": PNG[1], "c/1.heic": b"x", "c/b.txt": b"x"}, "got none in 'c'"),
    ({"train/a/1.png": PNG[1], "train/c/1.png": PNG[1], "test/b/1.png": PNG[1]}, "for training in every class, got none in 'b'"),
])
def test_what_cannot_be_learned_is_said_in_one_sentence(tmp_path, files, message):
    (tmp_path / "x").mkdir()
    for source in (tree(tmp_path / "x", files), tar(tmp_path / "x.tar", files)):
        with pytest.raises(DataError, match=message) as caught:
            listed(source)
        assert str(source) in str(caught.value) and "\n" not in str(caught.value)


def test_what_cannot_be_read(tmp_path, monkeypatch):
    tree(tmp_path, SMALL | {"photos.zip": b"PK"})
    with pytest.raises(FileError, match=f"nothing there. Did you mean '{tmp_path}/class2'"):
        listed(tmp_path / "clas2")
    with pytest.raises(FileError, match="of another kind. Unpack it first."):
        listed(tmp_path / "photos.zip")
    really = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: really(path) if not str(path).endswith("class2") else (_ for _ in ()).throw(
        PermissionError(13, "Permission denied", path)))
    with pytest.raises(FileError, match="folder .*class2: expected a folder that can be read, got Permission denied"):
        listed(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_archives_are_read_in_place(tmp_path, packed):
    path = tar(tmp_path / "x.tar", {f"./photos/{name}": content for name, content in SMALL.items()}, packed)
    before = sorted(tmp_path.rglob("*"))
    found, folder = listed(path), listed(tree(tmp_path / "x", SMALL))
    assert [(f"photos/{e.name}", e.label) for e in folder.entries] == [(e.name, e.label) for e in found.entries]
    assert found.kind == "archive" and found.random_access is not packed
    assert dict(found.stream()) == {k: entry.read() for k, entry in enumerate(folder.entries)}
    assert dict(found.stream([3, 1])) == {k: folder.entries[k].read() for k in (1, 3)}
    if packed:
        with pytest.raises(StateError, match=r"in one pass: listing.stream\(\)"):
            found.entries[0].read()
    else:
        assert [entry.read() for entry in found.entries] == [entry.read() for entry in folder.entries]
    assert [p for p in sorted(tmp_path.rglob("*")) if tmp_path / "x" not in (p, *p.parents)] == before


def odd(name, kind, size=0, **more):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    for key, value in more.items():
        setattr(info, key, value)
    return info


def test_hostile_members_are_left_out(tmp_path):
    path = tar(tmp_path / "x.tar", SMALL | {
        "../up.png": PNG[1], "/abs/1.png": PNG[1], "a\\b/1.png": PNG[1], "c:/1.png": PNG[1],
        "class2/link.png": odd("class2/link.png", tarfile.SYMTYPE, linkname="/etc/passwd"),
        "class2/hard.png": odd("class2/hard.png", tarfile.LNKTYPE, linkname="class2/b9.png"),
        "class2/dev.png": odd("class2/dev.png", tarfile.CHRTYPE), "class2/fifo.png": odd("class2/fifo.png", tarfile.FIFOTYPE),
        "class2/empty.png": b""})
    found = listed(path)
    assert set(said(found)) == set(SMALL)
    assert dict(found.left_out) == {
        "../up.png": "an unsafe name", "/abs/1.png": "an unsafe name", "a\\b/1.png": "an unsafe name",
        "c:/1.png": "an unsafe name",
        "class2/link.png": "a link", "class2/hard.png": "a link", "class2/dev.png": "not a plain file",
        "class2/fifo.png": "not a plain file", "class2/empty.png": "an empty file"}


def test_damaged_archives(tmp_path):
    whole = tar(tmp_path / "x.tar", SMALL).read_bytes()
    header = odd("class2/huge.png", tarfile.REGTYPE, 2**33).tobuf()
    comment = odd("long", tarfile.XHDTYPE, 2**33).tobuf(tarfile.GNU_FORMAT)
    damaged = {"cut": whole[:1200], "huge": whole[:1024] + header + bytes(600),
               "comment": whole[:1024] + comment + bytes(600), "middle": whole[:1024] + b"\x07" * 512 + whole[1536:],
               "cut.gz": gzip.compress(whole)[:150], "text": b"no archive" * 90}
    for name, content in damaged.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(content)
        with pytest.raises(FileError, match=f"archive .*{name}.tar: expected an intact tar archive|at most"):
            listed(path)


def test_an_archive_bomb_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LEAST", 2**16)
    path = tmp_path / "x.tar.gz"
    info = odd("a/1.bmp", tarfile.REGTYPE, 2**24)
    path.write_bytes(gzip.compress(info.tobuf() + bytes(2**24) + info.tobuf(), 9))
    with pytest.raises(FileError, match="bytes unpacked"):
        listed(path)


@pytest.mark.parametrize("text, encoding", [
    ("path,label,split\nimg/1.png,고양이,train\nimg/2.png,개,train\nimg/3.png,개,val\n", "utf-8"),
    ("split;label;extra;path\ntrain;고양이;x;img/1.png\ntrain;개;x;img\\2.png\nvalid;개;;img/3.png\n", "cp949"),
    ("라벨\t구분\t경로\n고양이\t학습\timg/1.png\n개\t학습\t./img/2.png\n개\t검증\timg/3.png\n", "utf-16"),
    ('"path","label","split"\r\n"img/1.png","고양이","train"\r\n"img/2.png","개","train"\r\nimg/3.png,"개",validation\r\n',
     "utf-8-sig"),
    ("img/1.png,고양이,train\nimg/2.png,개,train\nimg/3.png,개,val\n", "utf-8"),
])
def test_tables(tmp_path, text, encoding):
    tree(tmp_path, {f"img/{n}.png": PNG[n] for n in (1, 2, 3, 4)})
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    found = listed(tmp_path / "t.csv")
    assert said(found) == {"img/1.png": ("고양이", "train"), "img/2.png": ("개", "train"), "img/3.png": ("개", "validation")}
    assert [entry.read() for entry in found.entries] == [PNG[1], PNG[2], PNG[3]] and found.class_names == ["개", "고양이"]


def test_tables_name_what_is_missing(tmp_path):
    tree(tmp_path, {"1.png": PNG[1], "2.png": PNG[2], "3.png": PNG[3], "4.png": b""})
    table = tmp_path / "t.csv"
    table.write_text("path,label,split\n1.png,a,\n2.png,b,\n2.png,b,\n3.png,,\n4.png,a,\n5.png,a,\n3.png,b,holdout\n")
    assert dict(listed(table).left_out) == {
        "2.png": "listed twice", "3.png": "in the part 'holdout', which is neither train, validation nor test",
        "4.png": "an empty file", "5.png": "no such file"}
    for text, message in (("path,label\n1.png,a\n1.png,b\n", "'1.png' as 'a' and 'b'"),
                          ("x,y\n1,2\n", "columns 'path' and 'label' .*파일, .*라벨"),
                          ("", "an empty file"), ("path,label\n9.png,a\n8.png,b\n", "no such file: 2")):
        table.write_text(text)
        with pytest.raises(DataError, match=message):
            listed(table)


def test_labels_beside_a_source(tmp_path):
    """A table, or names, for pictures that lie in no class folders; without their folders or endings where that is clear."""
    files = {"all/1.png": PNG[1], "all/2.png": PNG[2], "all/3.png": PNG[3]}
    (tmp_path / "labels.csv").write_text("id,label\n1,cat\n2.png,dog\nall/3.png,cat\n7,dog\n")
    for source in (tree(tmp_path / "x", files), tar(tmp_path / "x.tar", files)):
        for labels in (tmp_path / "labels.csv", {"1": "cat", "2.png": "dog", "all/3.png": "cat", "7": "dog"}):
            found = listed(source, labels)
            assert said(found) == {"all/1.png": ("cat", None), "all/2.png": ("dog", None), "all/3.png": ("cat", None)}
            assert ("7", "no such picture") in found.left_out


@pytest.mark.parametrize("packed", [False, True])
def test_shards(tmp_path, packed):
    ending = "tar.gz" if packed else "tar"
    tar(tmp_path / f"train-000.{ending}", {"a/01.jpg": PNG[1], "a/01.cls": b"0\n", "a/02.png": PNG[2], "a/02.cls": b"10",
                                           "a/02.seg.png": PNG[3], "a/03.jpg": PNG[3], "b.cls": b"1"}, packed)
    tar(tmp_path / f"val-001.{ending}", {"04.json": json.dumps({"label": 0}).encode(), "04.png": PNG[4], "05.png": PNG[5],
                                         "05.txt": "10".encode("utf-8-sig"), "06.png": PNG[6], "06.json": b"{"}, packed)
    wanted = {f"train-000.{ending}/a/01.jpg": ("0", "train"), f"train-000.{ending}/a/02.png": ("10", "train"),
              f"val-001.{ending}/04.png": ("0", "validation"), f"val-001.{ending}/05.png": ("10", "validation")}
    for source in (tmp_path, tmp_path / f"*.{ending}"):
        found = listed(source)
        assert said(found) == wanted and found.class_names == ["0", "10"] and found.kind == "shards"
        assert dict(found.stream()) == {0: PNG[1], 1: PNG[2], 2: PNG[4], 3: PNG[5]}
    assert dict(found.left_out) == {
        f"train-000.{ending}/a/02.seg.png": "a second picture of its sample",
        f"train-000.{ending}/a/03.jpg": "no label beside it",
        f"train-000.{ending}/b.cls": "a label without its picture", f"val-001.{ending}/06.png": "its JSON cannot be read"}
    alone = listed(tmp_path / f"train-000.{ending}")
    assert alone.kind == "shards" and len(alone.entries) == 2


def test_shards_by_numbers(tmp_path):
    for n in range(3):
        files = {f"{n}{k}.png": PNG[k] for k in (1, 2)} | {f"{n}{k}.cls": str(k).encode() for k in (1, 2)}
        tar(tmp_path / f"s-{n:03}.tar", files)
    assert len(listed(tmp_path / "s-{000..002}.tar").entries) == 6
    with pytest.raises(FileError, match="s-003.tar, got nothing there"):
        listed(tmp_path / "s-{000..003}.tar")
    with pytest.raises(FileError, match="1 to 100,000 files"):
        listed(tmp_path / "s-{000..999999}.tar")


def test_entries_decode(tmp_path):
    found = listed(tree(tmp_path, SMALL))
    assert [int(decode(data, Preparation((4, 4), 1)).mean()) for _, data in found.stream()] == [40, 20, 80, 60]


@pytest.mark.learn
@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("aB01 9/가.-"), min_size=1, max_size=8), max_size=12), st.randoms())
def test_the_order_of_names_is_one(names, random):
    ordered = sorted(names, key=natural)
    random.shuffle(names)
    assert sorted(names, key=natural) == ordered


@pytest.mark.learn
def test_a_hundred_thousand_files_are_listed_quickly(tmp_path):
    import time

    for label in range(100):
        (tmp_path / str(label)).mkdir()
        for n in range(1000):
            os.close(os.open(tmp_path / str(label) / f"{n}.jpg", os.O_CREAT | os.O_WRONLY))
    for label in range(100):
        for n in range(1000):
            os.truncate(tmp_path / str(label) / f"{n}.jpg", 1)
    start = time.process_time()
    found = listed(tmp_path)
    assert len(found.entries) == 100_000 and np.array_equal(found.y, np.arange(100).repeat(1000))
    assert time.process_time() - start < 8
