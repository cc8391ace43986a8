"""Streams from folders and series: pixels by Pillow and Keras' resizing, windows in loops, splits without overlap."""

import os

import numpy as np
import pytest
from PIL import Image

import nabi
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.data import Dataset
from nabi.preprocessing import (
    image_dataset_from_directory,
    split_dataset,
    text_dataset_from_directory,
    timeseries_dataset_from_array,
)

os.environ.setdefault("KERAS_BACKEND", "torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("pictures")
    for number, name in enumerate(("cats", "dogs")):
        (top / name).mkdir()
        for k in range(6):
            pixels = np.random.default_rng(k + 10 * number).integers(0, 256, (9, 6 + k, 3)).astype("uint8")
            Image.fromarray(pixels).save(top / name / f"{k}.png")
            (top / name / f"{k}.txt").write_text(f"{name} {k}")
    return top


def resized(path, size, **options):
    from keras.ops import image

    return image.resize(np.asarray(Image.open(path), "float32"), size, **options).numpy()


@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary", None])
def test_pictures_of_folders(label_mode, folder, capsys):
    stream = image_dataset_from_directory(folder, label_mode=label_mode, image_size=(5, 4), batch_size=5, shuffle=False)
    assert "Found 12 files" in capsys.readouterr().out and len(stream) == 3
    for _ in range(2):  # read, then from memory
        batches = [batch if label_mode else (batch,) for batch in stream]
        x = np.concatenate([batch[0] for batch in batches])
        np.testing.assert_allclose(x, [resized(path, (5, 4)) for path in stream.file_paths], atol=1e-3)
    if label_mode:
        y = np.concatenate([batch[1] for batch in batches])
        numbers = np.repeat([0, 1], 6)
        assert stream.class_names == ["cats", "dogs"]
        assert np.array_equal(y, {"int": numbers, "binary": numbers[:, None], "categorical": np.eye(2)[numbers]}[label_mode])


def test_parts_of_a_folder_do_not_overlap(folder):
    options = {"image_size": (5, 4), "validation_split": 0.25, "seed": 3, "batch_size": None}
    train, held = image_dataset_from_directory(folder, subset="both", **options)
    again = image_dataset_from_directory(folder, subset="validation", **options)
    assert len(train) == 9 and held.file_paths == again.file_paths and not set(train.file_paths) & set(held.file_paths)
    first, second = ([float(x.sum()) for x, _ in train] for _ in range(2))
    assert first != second and sorted(first) == sorted(second)
    given = image_dataset_from_directory(folder, labels=list(range(12)), shuffle=False, image_size=(2, 2),
                                         crop_to_aspect_ratio=True)
    assert next(iter(given))[1].tolist() == list(range(12))
    padded = image_dataset_from_directory(folder, labels=None, shuffle=False, image_size=(18, 20), pad_to_aspect_ratio=True)
    x = next(iter(padded)).numpy()
    assert not x[0, :, :3].any() and not x[0, :, 17:].any() and x[0, :, 4:16].any((0, 2)).all()
    for picture, path in list(zip(x, padded.file_paths, strict=True))[::2]:  # Keras on torch drops a column of odd margins
        np.testing.assert_allclose(picture, resized(path, (18, 20), pad_to_aspect_ratio=True), atol=1e-3)


def test_texts_of_folders(folder):
    stream = text_dataset_from_directory(folder, batch_size=4, shuffle=False, max_length=6)
    x, y = next(iter(stream))
    assert [str(text) for text in x] == ["cats 0", "cats 1", "cats 2", "cats 3"] and y.tolist() == [0] * 4


@pytest.mark.parametrize("options", [
    {}, {"sequence_stride": 2, "sampling_rate": 3}, {"start_index": 4, "end_index": 16}], ids=str)
def test_windows(options):
    data, targets = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20)
    stream = timeseries_dataset_from_array(data, targets, 3, batch_size=4, **options)
    first, last = options.get("start_index", 0), options.get("end_index", 20)
    rate, stride = options.get("sampling_rate", 1), options.get("sequence_stride", 1)
    x, y, place = [], [], first
    while place + 2 * rate < last:
        x.append([data[place + k * rate] for k in range(3)])
        y.append(targets[place])
        place += stride
    assert np.array_equal(np.concatenate([batch[0] for batch in stream]), x)
    assert np.concatenate([batch[1] for batch in stream]).tolist() == y
    mixed = timeseries_dataset_from_array(data, None, 3, shuffle=True, seed=1, **options)
    assert sorted(np.concatenate(list(mixed))[:, 0, 0]) == sorted(np.array(x)[:, 0, 0])


def test_sets_in_two():
    for whole in (np.arange(10), list(range(10)), Dataset.range(10), Dataset.from_generator(lambda: iter(range(10)), "int64")):
        left, right = split_dataset(whole, left_size=0.6)
        assert [int(n) for n in left] == list(range(6)) and [int(n) for n in right] == [6, 7, 8, 9]
    left, right = split_dataset((np.arange(10), np.arange(10)), right_size=3, shuffle=True, seed=1)
    found = [int(x) for part in (left, right) for x, y in part]
    assert len(right) == 3 and sorted(found) == list(range(10)) != found


@pytest.mark.parametrize("call, error", [
    (lambda f: image_dataset_from_directory("nowhere"), FileError),
    (lambda f: image_dataset_from_directory(f, color_mode="grey"), ArgumentError),
    (lambda f: image_dataset_from_directory(f, image_size=(1, 2, 3)), ArgumentError),
    (lambda f: image_dataset_from_directory(f, interpolation="spline"), ArgumentError),
    (lambda f: image_dataset_from_directory(f, label_mode="one"), ArgumentError),
    (lambda f: image_dataset_from_directory(f, class_names=["birds"]), ArgumentError),
    (lambda f: image_dataset_from_directory(f, labels=[1]), DataError),
    (lambda f: image_dataset_from_directory(f, validation_split=0.2), ArgumentError),
    (lambda f: image_dataset_from_directory(f, validation_split=0.2, subset="training"), ArgumentError),
    (lambda f: image_dataset_from_directory(f, validation_split=2, subset="training", seed=1), ArgumentError),
    (lambda f: image_dataset_from_directory(f / "cats"), DataError),
    (lambda f: timeseries_dataset_from_array(np.zeros(5), None, 6), ArgumentError),
    (lambda f: timeseries_dataset_from_array(np.zeros(5), None, 2, end_index=9), ArgumentError),
    (lambda f: timeseries_dataset_from_array(np.zeros(5), None, 2, sampling_rate=0), ArgumentError),
    (lambda f: split_dataset(np.arange(3), left_size=3), ArgumentError),
])
def test_bad_calls_say_what_is_wrong(call, error, folder):
    with pytest.raises(error, match="expected .* got"):
        call(folder)


def test_a_network_learns_from_a_folder(folder):
    train, held = image_dataset_from_directory(folder, image_size=(6, 6), batch_size=4, validation_split=0.5, subset="both",
                                               seed=1)
    model = nabi.Sequential([nabi.layers.Rescaling(1 / 255), nabi.layers.Flatten(), nabi.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    scaled = train.map(lambda x, y: (x, y)).cache().prefetch(2)
    assert len(model.fit(scaled, validation_data=held, epochs=2, verbose=0).history["val_loss"]) == 2
