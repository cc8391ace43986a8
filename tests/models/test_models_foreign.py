"""Files that are no model of nabi: each is called what it is, with a way out; real files of torch, Keras, NumPy and Pillow."""

import json
import shutil

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, FileError
from nabi.models import safefile
from nabi.models.foreign import foreign


def net():
    return nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3, name="out")])


def picture(path):
    from PIL import Image

    Image.fromarray(np.zeros((8, 8), "uint8")).save(path)


def keras_model(path):
    import keras

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save(path.with_suffix(".keras"))
    path.with_suffix(".keras").rename(path)


@pytest.mark.parametrize("name, make, message", [
    ("p.jpg", picture, "got a JPEG picture. load_model reads models; nabi predict"),
    ("p.png", picture, "got a PNG picture. load_model reads models"),
    ("m.pt", lambda path: torch.save({"a": torch.zeros(3)}, path), "got a file of torch.save. .* no pickles.*zoo.load_torch"
                                                                    ".*safetensors.torch"),
    ("m.safetensors", lambda path: torch.save(torch.zeros(3), path), "got a file of torch.save"),
    ("old.pth", lambda path: torch.save([1], path, _use_new_zipfile_serialization=False), "got a pickle. load_model"),
    ("m.safetensors", keras_model, r"got a \.keras file. Give it Keras' ending"),
    ("h.safetensors", lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(99)), "got an HDF5 file.*Give"),
    ("w.npz", lambda path: np.savez(path, a=np.zeros(2)), "got an .npz file of NumPy arrays"),
    ("w.npy", lambda path: np.save(path, np.zeros(2)), "got a NumPy array"),
    ("t.txt", lambda path: path.write_text("hello world, hello"), "name that ends in .safetensors, got '.txt'. .*rename"),
    ("half.zip", lambda path: path.write_bytes(b"PK\x03\x04 and no more of it"), "got a zip archive. Unpack it first"),
])  # fmt: skip
def test_files_of_others_are_named(name, make, message, tmp_path):
    make(tmp_path / name)
    for load in (nabi.load_model, net().load_weights):
        with pytest.raises(FileError, match=f"^reading .*{name}: expected a .*{message}") as caught:
            load(tmp_path / name)
        assert "write '" not in str(caught.value), "advice on saving does not help who loads"


def test_paths_that_are_no_files(tmp_path):
    net().save(tmp_path / "good.safetensors")
    for path in (tmp_path, tmp_path / "gone.safetensors", tmp_path / "gone"):
        with pytest.raises(FileError, match="expected a file, got .*In that folder: good.safetensors"):
            nabi.load_model(path)
    with pytest.raises(FileError, match="expected a file, got a folder"):
        nabi.load_model(".")
    for path in ("", None, 3):
        with pytest.raises(ArgumentError, match="reading a file: expected its name"):
            nabi.load_model(path)
    for path in (tmp_path, "."):
        with pytest.raises(FileError, match="expected a file name, got a folder of that name. Write '.*model.safetensors'"):
            net().save(path)


def test_a_header_that_looks_like_another_format_is_read(tmp_path):
    """A safetensors file begins with its header's length: 640 bytes are those of a pickle, 19778 those of a BMP picture."""
    for length in (640, 0x4D42):
        text = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode().ljust(length)
        (tmp_path / "a.safetensors").write_bytes(length.to_bytes(8, "little") + text + bytes(4))
        with safefile.opened(tmp_path / "a.safetensors") as file:
            assert foreign(file.stream) is None or file.stream.tell() == 0
            assert file.array("a").tolist() == [0.0]


def altered(path, target, change):
    """A copy of a model file with other metadata, checksum included."""
    with safefile.opened(path) as file:
        arrays, texts = file.arrays(), {key: file.json(key) for key in file.metadata if key != safefile.CHECKSUM}
    change(texts)
    safefile.write(target, arrays, texts)


@pytest.mark.parametrize("number, message", [
    (0, r"expected format 1, that of nabi .*, got format 0. An older nabi \(0.0.1\) wrote it; load and save it with nabi 0.0.1"),
    (7, r"expected format 1, that of nabi .*, got format 7. A newer nabi \(0.0.1\) wrote it; update nabi"),
])  # fmt: skip
def test_other_formats_say_which(number, message, tmp_path):
    path, other = tmp_path / "model.safetensors", tmp_path / "other.safetensors"
    net().save(path)
    altered(path, other, lambda texts: texts["nabi"].update(format=number, versions={"nabi": "0.0.1"}))
    with pytest.raises(FileError, match=message):
        nabi.load_model(other)


@pytest.mark.parametrize("part", ["architecture", "counters", "card"])
def test_a_missing_part_is_named(part, tmp_path):
    path, other = tmp_path / "model.safetensors", tmp_path / "other.safetensors"
    net().save(path)
    altered(path, other, lambda texts: texts.pop(part))
    with pytest.raises(FileError, match=f"{part}.* in a model file, got a file without {part}. It is damaged"):
        nabi.load_model(other)
    model = net()
    model.load_weights(other)
    shutil.copy(path, other)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), nabi.load_model(other).get_weights(), strict=True))
