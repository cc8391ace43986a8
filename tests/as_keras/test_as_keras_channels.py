"""Channels first as the program's setting: layers that vary pictures, those with layers inside, those of volumes.

Oracle: Keras 3.15 (torch) where nothing is drawn: with data_format="channels_first" for weights, else on the same pictures with
their channels last (its AutoContrast goes by the wrong axes otherwise). Where something is drawn: the same layer with the same
seed on channels last, which the tests of `nabi.layers` hold against Keras.
"""

import sys

import keras
import numpy as np
import pytest

RNG = np.random.default_rng(0)
X = RNG.uniform(0, 255, (3, 3, 8, 10)).astype("float32")
DRAWING = {
    "AugMix": {}, "RandAugment": {}, "RandomBrightness": {"factor": 0.3}, "RandomColorDegeneration": {"factor": 0.3},
    "RandomColorJitter": {"brightness_factor": 0.2}, "RandomContrast": {"factor": 0.3}, "RandomCrop": {"height": 4, "width": 6},
    "RandomElasticTransform": {}, "RandomErasing": {}, "RandomFlip": {}, "RandomGaussianBlur": {"factor": 1.0},
    "RandomGrayscale": {"factor": 0.5}, "RandomHue": {"factor": 0.3}, "RandomInvert": {"factor": 1.0}, "RandomPerspective": {},
    "RandomPosterization": {"factor": 4}, "RandomRotation": {"factor": 0.3}, "RandomSaturation": {"factor": 0.3},
    "RandomSharpness": {"factor": 0.3}, "RandomShear": {"x_factor": 0.3}, "RandomTranslation": {"height_factor": 0.3,
    "width_factor": 0.3}, "RandomZoom": {"height_factor": 0.3}, "MixUp": {}, "CutMix": {},
}  # fmt: skip
STILL = {"AutoContrast": {}, "Solarization": {}, "CenterCrop": {"height": 4, "width": 6},
         "UpSampling2D": {}, "AdaptiveAveragePooling2D": {"output_size": 2}}  # fmt: skip
WITH_WEIGHTS = {"SeparableConv2D": (2, X), "DepthwiseConv2D": (2, X), "Conv3D": (2, X[:, :, None].repeat(3, 2))}


@pytest.fixture
def turned(served):
    settings = sys.modules["nabi.backend"]
    settings.set_image_data_format("channels_first")
    yield sys.modules["keras.layers"] if "keras.layers" in sys.modules else __import__("keras.layers").layers
    settings.set_image_data_format("channels_last")


@pytest.mark.parametrize("name", DRAWING)
def test_varied_pictures(turned, name):
    kind, options = getattr(turned, name), {"seed": 3, **DRAWING[name]}
    by_setting, told = kind(**options), kind(data_format="channels_first", **options)
    last = kind(data_format="channels_last", **options)
    labels = np.eye(3, dtype="float32")
    if name in ("MixUp", "CutMix"):
        made, same, wanted = (layer({"images": x, "labels": labels}, training=True) for layer, x in
                              ((by_setting, X), (told, X), (last, X.transpose(0, 2, 3, 1))))  # fmt: skip
        np.testing.assert_array_equal(made["labels"], wanted["labels"])
        made, same, wanted = (one["images"] for one in (made, same, wanted))
    else:
        made, same, wanted = by_setting(X, training=True), told(X, training=True), last(X.transpose(0, 2, 3, 1), training=True)
    assert by_setting.data_format == by_setting.get_config()["data_format"] == "channels_first"
    np.testing.assert_array_equal(made, wanted.movedim(-1, 1))
    np.testing.assert_array_equal(made, same)
    assert made.shape[2:] != X.shape[2:] or not np.array_equal(made, X)


@pytest.mark.parametrize("name", STILL)
def test_still_layers_as_keras(request, name):
    last = getattr(keras.layers, name)(data_format="channels_last", **STILL[name])(X.transpose(0, 2, 3, 1))
    made = getattr(request.getfixturevalue("turned"), name)(**STILL[name])(X)
    np.testing.assert_allclose(made, last.movedim(-1, 1).cpu(), atol=2e-3)


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_layers_with_weights_as_keras(request, name):
    filters, x = WITH_WEIGHTS[name]
    options = {"kernel_size": 2} if name == "DepthwiseConv2D" else {"filters": filters, "kernel_size": 2}
    theirs = getattr(keras.layers, name)(data_format="channels_first", **options)
    wanted = theirs(x)
    ours = getattr(request.getfixturevalue("turned"), name)(**options)
    ours(x)
    ours.set_weights([np.asarray(weight) for weight in theirs.get_weights()])
    made = ours(x)
    np.testing.assert_allclose(made, wanted.detach().cpu(), rtol=1e-4, atol=1e-3)
