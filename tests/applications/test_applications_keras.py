"""Applications against Keras' own: layers in order and by name, published parameter counts, and Keras' files of weights."""

import os
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

import nabi
from nabi import applications
from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.layers.weight import supplied

COUNTS = {  # keras.io/api/applications, and count_params() of Keras 3.15, which counts a Normalization's number of samples, too
    "VGG16": 138_357_544, "VGG19": 143_667_240, "ResNet50": 25_636_712, "ResNet101": 44_707_176, "ResNet152": 60_419_944,
    "ResNet50V2": 25_613_800, "ResNet101V2": 44_675_560, "ResNet152V2": 60_380_648, "DenseNet121": 8_062_504,
    "DenseNet169": 14_307_880, "DenseNet201": 20_242_984, "MobileNet": 4_253_864, "MobileNetV2": 3_538_984,
    "InceptionV3": 23_851_784, "Xception": 22_910_480, "EfficientNetB0": 5_330_571 - 1, "EfficientNetB7": 66_658_687 - 1,
    "InceptionResNetV2": 55_873_736, "MobileNetV3Small": 2_554_968, "MobileNetV3Large": 5_507_432, "NASNetMobile": 5_326_716,
    "NASNetLarge": 88_949_818, "EfficientNetV2B0": 7_200_312, "EfficientNetV2B1": 8_212_124, "EfficientNetV2B2": 10_178_374,
    "EfficientNetV2B3": 14_467_622, "EfficientNetV2S": 21_612_360, "EfficientNetV2M": 54_431_388, "EfficientNetV2L": 119_027_848,
    "ConvNeXtTiny": 28_589_128, "ConvNeXtSmall": 50_223_688, "ConvNeXtBase": 88_591_464, "ConvNeXtLarge": 197_767_336,
    "ConvNeXtXLarge": 350_196_968,
}  # fmt: skip
SIDES = {"InceptionV3": 299, "Xception": 299, "InceptionResNetV2": 299, "NASNetLarge": 331, "EfficientNetB7": 600,
         "EfficientNetV2B1": 240, "EfficientNetV2B2": 260, "EfficientNetV2B3": 300, "EfficientNetV2S": 384,
         "EfficientNetV2M": 480, "EfficientNetV2L": 480, "MobileNetV3Small": None, "MobileNetV3Large": None}
QUICK = ("VGG16", "ResNet50", "MobileNetV2")
each = pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.learn) for n in COUNTS])
IN_LEARN = ("ResNet50", "MobileNet", "EfficientNetB0", "MobileNetV3Small")
KERAS_3 = ("Xception", "EfficientNetV2B0", "ConvNeXtTiny")  # from Keras 3's form of .h5, the others from Keras 2's


def on_meta(layer, shape, dtype):
    return torch.zeros((), dtype=dtype, device="meta").expand(shape)


@each
def test_published_parameter_counts(name):
    with supplied(on_meta):
        model = getattr(applications, name)(weights=None)
    assert model.count_params() == COUNTS[name]
    side = SIDES.get(name, 224)
    assert (model.input_shape, model.output_shape) == ((None, side, side, 3), (None, 1000))


def pair(name, keras, **given):
    """The network in Keras and here, with biases and means that are not zero."""
    r = np.random.default_rng(0)
    build = getattr(keras.applications, name)
    if name == "NASNetMobile":  # which Keras refuses on torch, and its parts do not
        from keras.src.applications.nasnet import NASNet

        build = partial(NASNet, penultimate_filters=1056, num_blocks=4, stem_block_filters=32, skip_reduction=False,
                        filter_multiplier=2, default_size=224, name="nasnet_mobile")
    theirs, mine = build(weights=None, **given), getattr(applications, name)(weights=None, **given)
    theirs.set_weights([w + 0.02 * r.normal(size=w.shape) if w.ndim == 1 and not w.any() else w for w in theirs.get_weights()])
    return theirs, mine


def told(model):
    """Name and class of each layer, without Keras' operators, which are no layers there."""
    return [(layer.name.rstrip("_0123456789"), type(layer).__name__) for layer in model.layers
            if type(layer).__name__ != "Operation" and not re.fullmatch(r"add(_\d+)?", layer.name)]


def compared(name, folder, end=".h5", **given):
    import keras

    side = 75 if name in ("InceptionV3", "Xception", "InceptionResNetV2") else 32
    theirs, mine = pair(name, keras, input_shape=(side, side, 3), classes=7, **given)
    path = Path(folder, f"w{end}")
    theirs.save_weights(path) if "weights" in end else theirs.save(path)
    assert told(mine) == told(theirs)
    assert mine.name == theirs.name
    high = 255 if name.startswith(("EfficientNet", "ConvNeXt", "MobileNetV3")) else 1
    x = high * np.random.default_rng(1).random((2, side, side, 3)).astype("float32")
    before = mine.predict(x, verbose=0)
    mine.load_weights(path)
    expected = theirs.predict(x, verbose=0)
    path.unlink()
    np.testing.assert_allclose(mine.predict(x, verbose=0), expected, rtol=1e-5,
                               atol=1e-7 if given.get("include_top", True) else 1e-5 * expected.max())
    assert np.abs(before - expected).max() > 1e-5


@pytest.mark.learn
def test_a_narrow_mobilenet_loads_keras_weights(tmp_path):
    compared("MobileNetV2", tmp_path, alpha=0.35)


@pytest.mark.learn
@pytest.mark.parametrize("name", IN_LEARN)
def test_keras_files_of_weights(name, tmp_path):
    compared(name, tmp_path, ".h5")


@pytest.mark.full
@pytest.mark.parametrize("name", [name for name in COUNTS if name not in IN_LEARN])
def test_keras_files_of_weights_of_all_others(name, tmp_path):
    compared(name, tmp_path, ".weights.h5" if name in KERAS_3 else ".h5")


@pytest.mark.full
@pytest.mark.parametrize("name, given", [
    ("MobileNetV3Small", {"minimalistic": True, "alpha": 0.75}), ("MobileNetV3Large", {"alpha": 1.3, "dropout_rate": 0}),
    ("EfficientNetV2B0", {"include_preprocessing": False}), ("ConvNeXtTiny", {"include_top": False, "pooling": "max"}),
    ("NASNetMobile", {"include_top": False, "pooling": "avg"}), ("InceptionResNetV2", {"include_top": False}),
])  # fmt: skip
def test_other_forms_load_keras_weights(name, given, tmp_path):
    compared(name, tmp_path, **given)


def test_without_the_head_on_a_tensor_and_on_any_size():
    x = nabi.Input((None, None, 3))
    scaled = nabi.layers.Rescaling(1.0)(x)
    model = applications.MobileNet(include_top=False, weights=None, input_tensor=scaled, alpha=0.25, pooling="avg")
    assert model.inputs == [x] and model.output_shape == (None, 256)
    for side in (32, 64):
        assert model.predict(np.zeros((1, side, side, 3)), verbose=0).shape == (1, 256)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
def test_pictures_are_prepared_as_in_keras(mode):
    from keras.applications import imagenet_utils as theirs

    utils = applications.imagenet_utils
    for x in (np.arange(24, dtype="uint8").reshape(1, 2, 4, 3), np.random.default_rng(0).random((2, 2, 3)) * 255):
        expected = theirs.preprocess_input(x.copy(), mode=mode)
        np.testing.assert_allclose(utils.preprocess_input(x, mode=mode), expected, rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(utils.preprocess_input(torch.as_tensor(x), mode=mode), expected, rtol=1e-6, atol=1e-4)
    i = nabi.Input((2, 4, 3))
    x = np.random.default_rng(0).random((2, 2, 4, 3)).astype("float32") * 255
    model = nabi.Model(i, utils.preprocess_input(i, mode=mode))
    np.testing.assert_allclose(np.asarray(model(x)), theirs.preprocess_input(x.copy(), mode=mode), rtol=1e-5, atol=1e-4)
    own = {"caffe": applications.vgg16, "tf": applications.xception, "torch": applications.densenet}[mode]
    np.testing.assert_array_equal(own.preprocess_input(x), utils.preprocess_input(x, mode=mode))


def test_names_of_classes(tmp_path, monkeypatch):
    shares = np.zeros((2, 1000))
    shares[0, [281, 282]], shares[1, 2] = (0.6, 0.4), 1
    monkeypatch.setattr(applications.imagenet_utils, "folders", lambda: [tmp_path])
    applications.imagenet_utils.class_words.cache_clear()
    found = applications.resnet50.decode_predictions(shares, top=2)
    assert found[0] == [("", "tabby", 0.6), ("", "tiger_cat", 0.4)] and found[1][0] == ("", "great_white_shark", 1.0)
    (tmp_path / "imagenet_class_index.json").write_text(
        "{" + ", ".join(f'"{i}": ["n{i:08d}", "name_{i}"]' for i in range(1000)) + "}")
    applications.imagenet_utils.class_words.cache_clear()
    assert applications.vgg16.decode_predictions(shares, top=1)[0] == [("n00000281", "name_281", 0.6)]
    applications.imagenet_utils.class_words.cache_clear()
    with pytest.raises(ShapeError, match="1000"):
        applications.vgg16.decode_predictions(np.zeros((1, 10)))


def test_weights_that_are_not_there_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("NABI_DATA", raising=False)
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"
    given = {"alpha": 0.35, "include_top": False, "input_shape": (96, 96, 3)}
    with pytest.raises(FileError, match=rf"MobileNetV2\(weights=\"imagenet\"\).*{name}.*{tmp_path}.*weights=None"):
        applications.MobileNetV2(**given)
    with nabi.datasets.standing_in():
        assert applications.MobileNetV2(**given).count_params() == 410_208
    model = applications.MobileNetV2(weights=None, **given)
    os.makedirs(tmp_path / "models")
    model.save_weights(tmp_path / "models" / name)
    loaded = applications.MobileNetV2(**given)
    assert all((a == b).all() for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True))


@pytest.mark.parametrize("given, error, said", [
    ({"weights": "gone.h5"}, FileError, "gone.h5"), ({"weights": 3}, ArgumentError, "weights"),
    ({"classes": 10, "weights": "imagenet"}, ArgumentError, "1000"), ({"input_shape": (16, 16, 3)}, ArgumentError, "at least 32"),
    ({"input_shape": (None, None, 3)}, ArgumentError, "known length"), ({"pooling": "mean"}, ArgumentError, "pooling"),
    ({"include_top": "no"}, ArgumentError, "include_top"), ({"input_tensor": np.zeros(3)}, ArgumentError, "input_tensor"),
    ({"classes": 0}, ArgumentError, "classes"),
])  # fmt: skip
def test_arguments(given, error, said):
    with pytest.raises(error, match=said):
        applications.ResNet50(**{"weights": None, **given})
