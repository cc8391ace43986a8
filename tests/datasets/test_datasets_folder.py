"""from_folder: parts, sizes, quarantine and groups of one's own pictures, and what is said of sources that cannot be used."""

import io
import os

import numpy as np
import pytest
from PIL import Image

import nabi
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.datasets import from_folder
from nabi.pictures import Preparation, decode

COLOURS = {"고양이": (200, 40, 40), "dog2": (40, 200, 40), "dog10": (40, 40, 200)}


def picture(number, colour=None, size=(12, 9), form="PNG"):
    """Bytes of a picture that no other number has."""
    pixels = np.random.default_rng(number).integers(0, 50, (*size[::-1], 3), dtype=np.uint8)
    image = Image.fromarray(pixels + np.array(colour or (0, 0, 0), np.uint8)) if colour else Image.fromarray(pixels[..., 0])
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def write(root, classes=COLOURS, count=10, **options):
    """Folders of pictures; their bytes by name."""
    made = {}
    for k, (name, colour) in enumerate(classes.items()):
        (root / name).mkdir(parents=True)
        for number in range(count):
            data = picture(100 * k + number, colour, **options)
            (root / name / f"사진 {number}.png").write_bytes(data)
            made[f"{name}/사진 {number}.png"] = data
    return made


@pytest.fixture
def load(tmp_path, monkeypatch):
    """`from_folder` with a cache of its own, silent."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda source, **options: from_folder(source, **{"verbose": 0, **options})


def test_three_parts_of_every_class_with_names_and_pixels(load, tmp_path):
    made = write(tmp_path / "pets")
    pets = load(tmp_path / "pets", validation=0.2, test=0.1, seed=3)
    assert pets.class_names == ["dog2", "dog10", "고양이"] and pets.bad == [] and pets.preparation == Preparation((9, 12), 3)
    assert [part.counts.tolist() for part in pets.parts.values()] == [[7] * 3, [2] * 3, [1] * 3]
    assert sorted(name for part in pets.parts.values() for name in part.names) == sorted(made)
    for part in pets.parts.values():
        for k, name in enumerate(part.names):
            assert np.array_equal(part.x[k], decode(made[name], pets.preparation))
            assert name.startswith(pets.class_names[part.y[k]])
    again = load(tmp_path / "pets", validation=0.2, test=0.1, seed=3)
    assert pets.cached.fresh and not again.cached.fresh and again.fingerprint == pets.fingerprint
    assert again.train.names == pets.train.names != load(tmp_path / "pets", validation=0.2, test=0.1, seed=4).train.names
    assert repr(pets) == "PictureSet of 3 classes (9, 12, 3): train 21, validation 6, test 3"


def test_parts_of_the_source_stay(load, tmp_path):
    write(tmp_path / "s" / "train"), write(tmp_path / "s" / "시험", count=3)
    pets = load(tmp_path / "s")
    assert [len(part) for part in pets.parts.values()] == [27, 3, 9]
    assert all(name.startswith("시험/") for name in pets.test.names)


def test_size_and_channels_are_chosen_by_the_pictures(load, tmp_path):
    classes = dict.fromkeys("ab")
    write(tmp_path / "grey", classes, 3)
    assert load(tmp_path / "grey").preparation == Preparation((9, 12), 1)
    write(tmp_path / "large", classes, 3, size=(300, 200))
    assert load(tmp_path / "large").preparation == Preparation((64, 64), 1)
    assert load(tmp_path / "large", size=16, channels=3, fit="crop").preparation == Preparation((16, 16), 3, "crop")
    assert load(tmp_path / "large", size=(8, 20)).train.x.shape[1:] == (8, 20, 1)
    with pytest.raises(ArgumentError, match="'pad', 'crop' or 'stretch', got 'fill'"):
        load(tmp_path / "large", fit="fill")


def test_quarantine_is_honoured(load, tmp_path):
    write(tmp_path / "pets")
    before = load(tmp_path / "pets")
    (tmp_path / "pets" / "quarantine.txt").write_text("# seen\ndog2/사진 3.png\tblurred\n고양이/사진 0.png\n")
    pets = load(tmp_path / "pets")
    names = {name for part in pets.parts.values() for name in part.names}
    assert len(names) == 28 and not {"dog2/사진 3.png", "고양이/사진 0.png"} & names
    assert before.cached.fresh and not pets.cached.fresh
    assert ("dog2/사진 3.png", "in quarantine") in pets.left_out
    with pytest.raises(FileError, match="a text file of names"):
        load(tmp_path / "pets", quarantine=tmp_path / "none.txt")


def test_groups_stay_on_one_side(load, tmp_path):
    made = write(tmp_path / "pets", count=12)
    groups = {name: int(name.split()[1][:-4]) % 4 for name in made}
    pets = load(tmp_path / "pets", groups=groups, validation=0.25, test=0.25)
    sides = [{groups[name] for name in part.names} for part in pets.parts.values()]
    assert all(sides) and not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert sum(len(part) for part in load(tmp_path / "pets", groups="near").parts.values()) == 36
    groups.popitem()
    with pytest.raises(ArgumentError, match="a group for every picture, got none for"):
        load(tmp_path / "pets", groups=groups)


def test_the_same_file_under_several_names_stays_on_one_side(load, tmp_path):
    made = write(tmp_path / "pets", count=4)
    for name, data in made.items():
        for k in range(3):
            (tmp_path / "pets" / name).with_suffix(f".{k}.png").write_bytes(data)
    pets = load(tmp_path / "pets", validation=0.25, test=0.25)
    sides = [{name.split(".")[0] for name in part.names} for part in pets.parts.values()]
    assert all(sides) and sum(map(len, sides)) == 12, "each of 12 pictures on one side only"


def test_what_cannot_be_used_is_one_clear_error(load, tmp_path):
    made = write(tmp_path / "pets", count=3)
    (tmp_path / "pets" / "dog2" / "copy.png").write_bytes(made["고양이/사진 1.png"])
    with pytest.raises(DataError, match="under one label, got the same picture in two classes: 'dog2/copy.png' and '고양이"):
        load(tmp_path / "pets")
    (tmp_path / "pets" / "quarantine.txt").write_text("dog2/copy.png")
    load(tmp_path / "pets")
    (tmp_path / "pets" / "quarantine.txt").write_text("dog2/copy.png\n" + "\n".join(f"dog2/사진 {k}.png" for k in range(3)))
    with pytest.raises(DataError, match="pictures in every class, got none that can be used in 'dog2'"):
        load(tmp_path / "pets")
    with pytest.raises(FileError, match="nothing there"):
        load(tmp_path / "none")
    for source in (None, "", b"pets", 3):
        with pytest.raises(ArgumentError, match="source: expected a path, got"):
            load(source)
    (tmp_path / "pets" / "quarantine.txt").write_text("dog2/copy.png")
    with pytest.raises(ArgumentError, match="labels: expected a path, or {name: label}, got "):
        load(tmp_path / "pets", labels=[0, 1])
    with pytest.raises(ArgumentError, match=r"split\(seed\)"):
        load(tmp_path / "pets", seed="one")


def test_bad_pictures_are_told_and_listed(load, tmp_path):
    write(tmp_path / "pets", count=20)
    (tmp_path / "pets" / "dog10" / "사진 7.png").write_bytes(b"\x89PNG broken")
    with pytest.warns(UserWarning, match="^a picture that cannot be decoded .*사진 7.png: .* is left out: all"):
        pets = load(tmp_path / "pets", verbose="auto")
    assert [name for name, _ in pets.bad] == ["dog10/사진 7.png"] and sum(map(len, pets.parts.values())) == 59


@pytest.mark.learn
def test_a_hostile_folder_trains_and_every_bad_file_is_named(load, tmp_path):
    """2 % damaged, a decompression bomb, links in a circle, an empty file, Korean names; processes decode."""
    root = tmp_path / "적대적"
    made = write(root, count=200)
    damaged = sorted(made)[::50]
    for k, name in enumerate(damaged):
        data = made.pop(name)
        (root / name).write_bytes([data[:-40], b"text", data[: len(data) // 2], b"\xff\xd8\xff" + os.urandom(400)][k % 4])
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    (root / "dog2" / "폭탄.png").write_bytes(bomb.getvalue())
    (root / "dog2" / "empty.png").touch()
    (root / "dog2" / "loop").symlink_to(root, target_is_directory=True)
    (root / "dog2" / "nowhere.png").symlink_to(root / "gone.png")
    pets = load(root, workers="processes")
    assert sorted(name for name, _ in pets.bad) == sorted([*damaged, "dog2/폭탄.png"])
    assert dict(pets.bad)["dog2/폭탄.png"].startswith("a decompression bomb")
    assert {"dog2/empty.png", "dog2/loop", "dog2/nowhere.png"} <= {name for name, _ in pets.left_out}
    assert sorted(name for part in pets.parts.values() for name in part.names) == sorted(made)
    nabi.utils.set_random_seed(0)
    layers = nabi.layers
    model = nabi.Sequential([nabi.Input(pets.train.x.shape[1:]), layers.Rescaling(1 / 255), layers.Conv2D(8, 3),
                             layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(pets.train, epochs=12, batch_size=16, validation_data=pets.validation, verbose=0)
    assert model.evaluate(pets.test, verbose=0)[1] > 0.95


def test_arrays_are_a_source(load, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (20, 6, 5), dtype=np.uint8)
    y = np.arange(20) % 2
    np.savez(tmp_path / "a.npz", x_train=x, y_train=y, x_test=x[:4] ^ 255, y_test=y[:4], class_names=["cat", "dog"])
    found = load(tmp_path / "a.npz", validation=0.2)
    assert [len(part) for part in found.parts.values()] == [16, 4, 4] and found.class_names == ["cat", "dog"]
    for k, name in enumerate(found.train.names):
        assert np.array_equal(found.train.x[k][..., 0], x[int(name.removeprefix("train/"))])
        assert found.train.y[k] == y[int(name.removeprefix("train/"))]
    assert np.array_equal(np.asarray(found.test.x)[..., 0], x[:4] ^ 255)
    assert found.fingerprint == load(tmp_path / "a.npz").fingerprint
    with pytest.raises(ArgumentError, match="the arrays' own size, 6x5x1, got size 8"):
        load(tmp_path / "a.npz", size=8)
    for name, values in (("images-idx3", x), ("labels-idx1", y.astype(np.uint8))):
        head = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
        (tmp_path / "idx").mkdir(exist_ok=True)
        (tmp_path / "idx" / f"train-{name}-ubyte").write_bytes(head + values.tobytes())
    assert load(tmp_path / "idx").train.counts.tolist() == [8, 8]


def test_labels_that_name_few_pictures_and_classes_alike_are_told(load, tmp_path):
    names = sorted(write(tmp_path / "pets", {"Cat": (200, 40, 40), "cat": (40, 200, 40)}, count=5))
    with pytest.warns(UserWarning, match="classes 'Cat' and 'cat' differ in capital letters alone"):
        load(tmp_path / "pets", verbose="auto")
    some = {name: name[0] * 2 + name[0].lower() + str(name[0] == "C") for name in (*names[:4], *names[5:9])}
    with pytest.warns(UserWarning, match="8 of 10 pictures are named, 2 are left out"):
        load(tmp_path / "pets", labels=some, verbose="auto")
    with pytest.raises(DataError, match="pictures for validation, got none: labels name 2, 8 are left out"):
        load(tmp_path / "pets", labels={names[0]: "a", names[5]: "b"})
    assert len(load(tmp_path / "pets", labels={names[0]: "a", names[5]: "b"}, validation=0, test=0).train) == 2


def test_copies_stay_on_one_side(load, tmp_path):
    rng = np.random.default_rng(0)
    for k in range(24):
        x = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
        x = np.asarray(x.resize((40, 40), Image.Resampling.BICUBIC))
        (tmp_path / "pets" / "ab"[k % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(x).save(tmp_path / "pets" / "ab"[k % 2] / f"{k}.png")
        Image.fromarray(x // 4 * 3 + 20).save(tmp_path / "pets" / "ab"[k % 2] / f"{k} again.jpg", quality=80)
    torn = []
    for groups in (None, "copies"):
        found = load(tmp_path / "pets", validation=0.25, test=0.25, groups=groups)
        side = {name.split("/")[1]: key for key, part in found.parts.items() for name in part.names}
        torn.append(sum(side[f"{k}.png"] != side[f"{k} again.jpg"] for k in range(24)))
    assert torn[0] > 5 and torn[1] == 0
