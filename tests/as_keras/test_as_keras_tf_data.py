"""tf.image, tf.io, tf.strings and tf.data as scripts chain them: Keras' own image functions, colorsys and Pillow as oracles."""

import colorsys
import os

import numpy as np
import pytest
import torch
from PIL import Image

from nabi.as_keras.tensorflow import data, files, image, strings
from nabi.core.errors import ArgumentError, DataError, FileError, ShapeError
from nabi.core.random import set_seed
from nabi.data import Dataset, Strings

os.environ.setdefault("KERAS_BACKEND", "torch")

PICTURE = torch.from_numpy(np.random.default_rng(0).random((6, 4, 3)).astype("float32"))
BYTES = (PICTURE * 255).to(torch.uint8)


def test_colours():
    from keras.ops import image as keras_image

    for ours, theirs in ((image.rgb_to_hsv, keras_image.rgb_to_hsv), (image.rgb_to_grayscale, keras_image.rgb_to_grayscale)):
        torch.testing.assert_close(ours(PICTURE), theirs(PICTURE), atol=1e-5, rtol=0)
    hsv = [colorsys.rgb_to_hsv(*map(float, pixel)) for pixel in PICTURE.view(-1, 3)]
    torch.testing.assert_close(image.rgb_to_hsv(PICTURE).view(-1, 3), torch.tensor(hsv), atol=1e-5, rtol=0)
    torch.testing.assert_close(image.hsv_to_rgb(image.rgb_to_hsv(PICTURE)), PICTURE, atol=1e-5, rtol=0)
    for change, hsv_change in ((image.adjust_saturation(PICTURE, 1.7), lambda h, s, v: (h, min(1, s * 1.7), v)),
                               (image.adjust_hue(PICTURE, 0.3), lambda h, s, v: ((h + 0.3) % 1, s, v))):
        expected = [colorsys.hsv_to_rgb(*hsv_change(*pixel)) for pixel in hsv]
        torch.testing.assert_close(change.view(-1, 3), torch.tensor(expected), atol=1e-5, rtol=0)
    x = PICTURE.numpy()
    np.testing.assert_allclose(image.adjust_contrast(PICTURE, 2), (x - x.mean((0, 1))) * 2 + x.mean((0, 1)), atol=1e-5)
    np.testing.assert_allclose(image.per_image_standardization(PICTURE), (x - x.mean()) / x.std(), atol=1e-5)
    np.testing.assert_allclose(image.adjust_gamma(PICTURE, 2.0, 0.5), 0.5 * x**2, atol=1e-6)
    assert image.adjust_brightness(BYTES, 0.5).dtype == torch.uint8 and int(image.adjust_brightness(BYTES, 2.0).min()) == 255
    assert image.convert_image_dtype(torch.tensor([[[1.0, 0.5]]]), "uint8").tolist() == [[[255, 127]]]
    np.testing.assert_allclose(image.convert_image_dtype(BYTES, torch.float32), BYTES.numpy() / 255, atol=1e-7)
    assert float(image.psnr(BYTES, BYTES // 2, 255)) == pytest.approx(
        10 * np.log10(255**2 / ((BYTES.numpy() - (BYTES // 2).numpy()).astype(float) ** 2).mean()), 1e-4)


def test_shapes():
    from keras.ops import image as keras_image

    for method in ("bilinear", "nearest"):
        ours, theirs = (module.resize(PICTURE, (9, 3), method) for module in (image, keras_image))
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
    assert image.resize(BYTES, [3, 3]).dtype == torch.float32 and image.resize(BYTES, [3, 3], "nearest").dtype == torch.uint8
    assert image.resize(BYTES, (3, 3), preserve_aspect_ratio=True).shape == (3, 2, 3)
    assert torch.equal(image.central_crop(PICTURE, 0.5), PICTURE[1:5, 1:3])
    assert torch.equal(image.resize_with_crop_or_pad(PICTURE, 4, 8)[:, 2:6], PICTURE[1:5])
    assert image.resize_with_pad(PICTURE, 12, 12).shape == (12, 12, 3) and not image.resize_with_pad(PICTURE, 12, 12)[:, :2].any()
    assert torch.equal(image.rot90(PICTURE), torch.rot90(PICTURE)) and torch.equal(image.flip_up_down(PICTURE), PICTURE.flip(0))
    batch = torch.stack([PICTURE] * 40)
    set_seed(1)
    turned = (image.random_flip_left_right(batch) != batch).flatten(1).any(1)
    assert 8 < int(turned.sum()) < 32, "each picture by itself"
    assert image.random_crop(PICTURE, (2, 2, 3)).shape == (2, 2, 3)
    assert len({float(image.random_brightness(PICTURE, 0.2, seed=1).sum()) for _ in range(4)}) == 4, "a seed names a stream"
    fixed = {float(image.stateless_random_brightness(PICTURE, 0.2, seed=(1, 2)).sum()) for _ in range(4)}
    assert len(fixed) == 1


def test_a_chain_from_files_to_batches(tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for k in range(3):
            Image.fromarray(np.full((5, 4, 3), 40 * k + (name == "dogs"), "uint8")).save(tmp_path / name / f"{k}.png")
    names = np.array(["cats", "dogs"])

    def load(path):
        label = strings.split(path, os.path.sep)[-2] == names
        picture = image.decode_png(files.read_file(path), channels=3)
        return image.resize(picture, [2, 2]) / 255, label.int().argmax()

    stream = Dataset.list_files(str(tmp_path / "*" / "*.png"), shuffle=False).map(load, num_parallel_calls=data.AUTOTUNE)
    x, y = next(iter(stream.batch(6).prefetch(data.AUTOTUNE)))
    assert y.tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_allclose(x[:, 0, 0, 0] * 255, [0, 40, 80, 1, 41, 81], atol=1e-4)
    varied = Dataset.from_tensor_slices(np.arange(600, dtype="float32").reshape(100, 2, 3, 1)).map(image.random_flip_left_right)
    batch = next(iter(varied.batch(100)))
    straight = (batch[:, 0, 0, 0] < batch[:, 0, 2, 0]).sum()
    assert 25 < int(straight) < 75, "each picture draws its own"


def test_strings_and_files(tmp_path):
    assert strings.split("a b  c").numpy().tolist() == [b"a", b"b", b"c"] and str(strings.join(["a", "b"], "-")) == "a-b"
    assert str(strings.regex_replace("a<br/>b", "<[^>]*>", " ")) == "a b" and bool(strings.regex_full_match("abc", "a.*"))
    assert strings.to_number(["1.5", "2"]).tolist() == [1.5, 2.0] and strings.length(["ab", "한"]).tolist() == [2, 3]
    assert [str(one) for one in strings.lower(["AB", "C"])] == ["ab", "c"] and str(strings.substr("hello", 1, 3)) == "ell"
    assert [str(one) for one in strings.as_string([1.25, 2.0], precision=1)] == ["1.2", "2.0"]
    file = str(tmp_path / "deep" / "a.txt")
    files.write_file(file, "one\ntwo\n")
    assert [str(line) for line in data.TextLineDataset(file)] == ["one", "two"]
    assert data.TextLineDataset([file]).skip(1).batch(2).map(lambda lines: strings.upper(lines)).get_single_element()[0] == "TWO"
    assert files.exists(file) and files.listdir(tmp_path / "deep") == ["a.txt"]
    assert files.glob(str(tmp_path / "*" / "*")) == [file]
    with files.GFile(file) as opened:
        assert opened.read() == "one\ntwo\n"
    files.copy(file, file + "2")
    files.remove(file)
    assert not files.exists(file) and files.decode_raw(b"\x01\x00\x02\x00", "int16").tolist() == [1, 2]
    assert torch.equal(image.decode_png(image.encode_png(BYTES)), BYTES)
    content = image.encode_jpeg(BYTES)
    assert bool(image.is_jpeg(content)) and image.decode_jpeg(content, channels=1).shape == (6, 4, 1)


def test_streams_of_tensorflows_experiments():
    a = Dataset.range(4)
    assert int(data.cardinality(a.apply(data.assert_cardinality(3)))) == 3
    assert len(list(data.sample_from_datasets([a, a], weights=[0.5, 0.5]))) == 8
    assert [int(n) for n in data.choose_from_datasets([a, a.skip(2)], Dataset.from_tensor_slices([1, 0]))] == [2, 0]
    assert [e.tolist() for e in a.apply(data.map_and_batch(lambda n: n + 1, 3))] == [[1, 2, 3], [4]]
    options = data.Options()
    options.experimental_distribute.auto_shard_policy = 1
    assert len(a.with_options(options)) == 4


@pytest.mark.parametrize("call, error", [
    (lambda: image.resize(np.zeros((3, 3)), (2, 2)), ShapeError),
    (lambda: image.crop_to_bounding_box(PICTURE, 0, 0, 9, 9), ArgumentError),
    (lambda: image.random_crop(PICTURE, (9, 9, 3)), ShapeError),
    (lambda: image.decode_jpeg(Strings(b"no picture")), FileError),
    (lambda: image.decode_jpeg(b"", channels=2), ArgumentError),
    (lambda: files.read_file("nowhere"), FileError),
    (lambda: strings.to_number("a"), DataError),
])
def test_bad_calls_say_what_is_wrong(call, error):
    with pytest.raises(error, match="expected .* got"):
        call()
