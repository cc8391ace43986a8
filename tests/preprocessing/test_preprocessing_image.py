"""Pictures against Keras 3's own (legacy.preprocessing.image, utils): files, each variation, flows, statistics."""

import io
import os
import warnings

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import ArgumentError, DataError, FileError, NabiError, ShapeError
from nabi.preprocessing import image

os.environ.setdefault("KERAS_BACKEND", "torch")

X = np.random.default_rng(0).integers(0, 256, (10, 12, 9, 3)).astype("uint8")
Y = np.arange(10) % 2


@pytest.fixture(scope="module")
def keras():
    from keras.src.legacy.preprocessing import image as keras_image

    return keras_image


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of 5 and 3 pictures of different sizes, one in a folder of its own, and a file that is none."""
    top = tmp_path_factory.mktemp("pictures")
    for name, count in (("cats", 5), ("dogs", 3)):
        (top / name / "more").mkdir(parents=True)
        for k in range(count):
            place = top / name / ("more" if k == 1 else "") / f"{k}.png"
            Image.fromarray(np.random.default_rng(k).integers(0, 256, (14 + k, 10, 3)).astype("uint8")).save(place)
    (top / "cats" / "note.txt").write_text("no picture")
    return top


def close(ours, theirs, tolerance=2e-3):
    ours, theirs = (batch if isinstance(batch, tuple) else (batch,) for batch in (ours, theirs))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        for one, other in zip(a, b, strict=True) if isinstance(a, list) else [(a, b)]:
            assert one.dtype == other.dtype and one.shape == other.shape
            np.testing.assert_allclose(one, other, atol=tolerance)


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
def test_files_are_read_as_keras_reads_them(color_mode, folder, tmp_path):
    from keras import utils

    file = folder / "cats" / "2.png"
    for options in ({}, {"target_size": (8, 20)},
                    {"target_size": (8, 20), "interpolation": "bicubic", "keep_aspect_ratio": True}):
        ours, theirs = (m.load_img(file, color_mode=color_mode, **options) for m in (image, utils))
        assert ours.mode == theirs.mode and np.array_equal(np.asarray(ours), np.asarray(theirs))
        for data_format in ("channels_last", "channels_first"):
            a, b = (m.img_to_array(ours, data_format=data_format) for m in (image, utils))
            assert a.dtype == b.dtype and np.array_equal(a, b)
            for scale in (True, False):
                back = [np.asarray(m.array_to_img(a, data_format=data_format, scale=scale)) for m in (image, utils)]
                assert np.array_equal(*back)
    image.save_img(tmp_path / "ours.png", X[0])
    utils.save_img(tmp_path / "theirs.png", X[0])
    assert np.array_equal(np.asarray(image.load_img(tmp_path / "ours.png")), np.asarray(image.load_img(tmp_path / "theirs.png")))
    assert image.load_img(file, grayscale=True).mode == "L" and image.load_img(str(file), "grayscale").mode == "L"
    assert image.load_img(file, "rgb", (5, 6)).size == (6, 5) and image.load_img(file, True, (5, 6)).mode == "L"
    crop = utils.image_utils if hasattr(utils, "image_utils") else __import__("keras").preprocessing.image
    np.testing.assert_allclose(image.smart_resize(X / 255, (5, 9)), crop.smart_resize(X / 255, (5, 9)), atol=1e-5)


VARIATIONS = [{"theta": 25.0}, {"tx": 2.4, "ty": -1.0}, {"shear": 20.0}, {"zx": 0.7, "zy": 1.3}, {"flip_horizontal": True},
              {"flip_vertical": True}, {"channel_shift_intensity": 40.0}, {"brightness": 1.4}, {"brightness": 0.3},
              {"theta": -70.0, "tx": 3, "shear": 10, "zx": 0.8, "flip_horizontal": True, "brightness": 0.8}, {}]


@pytest.mark.parametrize("fill", [("nearest", 1), ("constant", 1), ("reflect", 1), ("wrap", 1), ("nearest", 0)], ids=str)
def test_each_variation_is_keras(fill, keras):
    options = {"fill_mode": fill[0], "cval": 17.0, "interpolation_order": fill[1]}
    for data_format in ("channels_last", "channels_first") if fill == ("nearest", 1) else ("channels_last",):
        pair = [module.ImageDataGenerator(data_format=data_format, **options) for module in (image, keras)]
        for parameters in VARIATIONS:
            for x in (X[0].astype("f4"), X[1].astype("f4") - 100, np.concatenate([X[2], X[2]], -1)[..., :4].astype("f4")):
                if data_format == "channels_first":
                    if "brightness" in parameters:  # where Keras takes the rows for channels
                        continue
                    x = x.transpose(2, 0, 1)
                ours, theirs = (g.apply_transform(x, parameters) for g in pair)
                np.testing.assert_allclose(ours, theirs, atol=1e-3, err_msg=str(parameters))
                moved = {k: v for k, v in parameters.items() if k in ("theta", "shear", "zx")}
                if moved:
                    other = pair[0].apply_transform(x, parameters | {name: value * 1.2 for name, value in moved.items()})
                    assert np.abs(other - theirs).max() > 1, "the oracle tells other angles apart"


GENERATORS = [
    {"rotation_range": 30, "width_shift_range": 0.2, "height_shift_range": 0.1, "shear_range": 10, "zoom_range": 0.3,
     "horizontal_flip": True, "vertical_flip": True, "channel_shift_range": 30, "brightness_range": (0.5, 1.5),
     "rescale": 1 / 255},
    {"width_shift_range": 2, "height_shift_range": [-3, 1, 2], "rotation_range": 5},
    {"horizontal_flip": True, "preprocessing_function": lambda x: x + np.random.uniform()},
    {"samplewise_center": True, "samplewise_std_normalization": True, "zoom_range": [0.5, 1.0], "fill_mode": "reflect"},
    {"rescale": 2.0},
]


@pytest.mark.parametrize("options", GENERATORS, ids=lambda options: ",".join(options)[:30])
@pytest.mark.parametrize("seed", [3, None])
def test_flows_give_keras_numbers(options, seed, keras):
    def batches(module):
        np.random.seed(5)
        flow = module.ImageDataGenerator(**options).flow(X, Y, batch_size=4, seed=seed)
        first = [next(flow) for _ in range(4)]
        assert len(flow) == 3
        again = [flow[k] for k in (2, 0)]
        flow.reset()
        return first + again + [next(flow)]

    for ours, theirs in zip(batches(image), batches(keras), strict=True):
        close(ours, theirs)


def test_two_flows_of_one_seed_vary_alike():
    g = image.ImageDataGenerator(rotation_range=90, horizontal_flip=True)
    pictures, masks = (g.flow(X.astype("float32"), batch_size=5, seed=1, shuffle=True) for _ in range(2))
    for _ in range(3):
        assert np.array_equal(next(pictures), next(masks))


def test_other_things_that_flow(keras):
    weights = np.linspace(0, 1, 10)
    for arguments in ({"sample_weight": weights}, {"subset": "training"}, {"subset": "validation"}):
        ours, theirs = (m.ImageDataGenerator(validation_split=0.4).flow(X, Y, 4, False, **arguments) for m in (image, keras))
        assert len(ours) == len(theirs)
        close(ours[0], theirs[0])
    (a, b), _ = image.ImageDataGenerator().flow((X, weights), Y, 4, False)[0]
    assert np.array_equal(a, X[:4]) and np.array_equal(b, weights[:4])
    assert image.ImageDataGenerator(dim_ordering="th").flow(X=X.transpose(0, 3, 1, 2), batch_size=4).next().shape == (4, 3, 12, 9)


@pytest.mark.parametrize("options", [
    {"featurewise_center": True}, {"featurewise_std_normalization": True, "rescale": 0.1}, {"zca_whitening": True}], ids=str)
@pytest.mark.parametrize("augment", [False, True])
def test_statistics_are_keras(options, augment, keras):
    def one(module):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras tells that one option brings another
            g = module.ImageDataGenerator(rotation_range=20, **options)
        x = X[:, :3, :3].astype("float32") / 50 + np.random.default_rng(1).normal(size=(10, 3, 3, 3)).astype("float32")
        g.fit(x[:, :2, :2] if "zca_whitening" in options else x, augment=augment, rounds=4, seed=2)
        return g, g.standardize((x[:2, :2, :2] if "zca_whitening" in options else x[:2]).copy())

    (ours, a), (theirs, b) = one(image), one(keras)
    for name in ("mean", "std", "zca_whitening_matrix"):
        if getattr(theirs, name) is not None:
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=2e-3, atol=2e-3)
    if not augment and "zca_whitening" not in options:
        np.testing.assert_allclose(a, b, atol=1e-3)


@pytest.mark.parametrize("class_mode", ["categorical", "binary", "sparse", "input", None])
def test_folders_are_keras(class_mode, folder, keras, tmp_path):
    for more in ({}, {"classes": ["dogs", "cats"], "color_mode": "grayscale"}, {"subset": "validation"}, {"subset": "training"}):
        flows = [m.ImageDataGenerator(rotation_range=20, validation_split=0.4).flow_from_directory(
            folder, target_size=(8, 7), class_mode=class_mode, batch_size=3, seed=2, **more) for m in (image, keras)]
        ours, theirs = flows
        for name in ("class_indices", "filenames", "samples", "n", "batch_size", "num_classes", "image_shape", "filepaths"):
            assert getattr(ours, name) == getattr(theirs, name), name
        assert ours.classes.tolist() == theirs.classes.tolist() and len(ours) == len(theirs)
        for _ in range(len(ours) + 1):  # the second pass comes from memory
            close(ours.next(), theirs.__next__())
    kept = image.ImageDataGenerator().flow_from_directory(folder, (4, 4), save_to_dir=tmp_path / "seen", save_prefix="a")
    next(kept)
    assert len(list((tmp_path / "seen").glob("a_*.png"))) == 8


@pytest.mark.parametrize("class_mode, y_col", [
    ("categorical", "class"), ("sparse", "class"), ("binary", "class"), ("raw", "size"), ("raw", ["size", "w"]),
    ("multi_output", ["size", "w"]), ("input", "class"), (None, "class"), ("categorical", "many")], ids=str)
def test_tables_are_keras(class_mode, y_col, folder, keras):
    import pandas

    names = ["cats/0.png", "dogs/0.png", "cats/2.png", "cats/missing.png", "cats/note.txt", "dogs/2.png"]
    table = pandas.DataFrame({"filename": names, "class": ["c", "d", "c", "c", "c", "d"], "size": range(6), "w": [0.5] * 6,
                              "many": [["a"], ["a", "b"], ["c"], [], ["b"], ["c", "a"]]})

    def flow(module, **more):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # names that are no files
            return module.ImageDataGenerator(validation_split=0.5).flow_from_dataframe(
                table, str(folder), y_col=y_col, class_mode=class_mode, target_size=(6, 6), batch_size=3, seed=0, **more)

    for more in ({}, {"subset": "training", "shuffle": False}, {"weight_col": "w"}):
        ours, theirs = flow(image, **more), flow(keras, **more)
        assert ours.filenames == theirs.filenames and getattr(ours, "class_indices", 0) == getattr(theirs, "class_indices", 0)
        close(next(ours), next(theirs))


@pytest.mark.parametrize("call, error", [
    (lambda: image.load_img("nowhere.png"), FileError),
    (lambda: image.load_img(io.BytesIO(b"no picture")), FileError),
    (lambda: image.load_img("nowhere.png", color_mode="cmyk"), ArgumentError),
    (lambda: image.array_to_img(np.zeros((3, 4))), ShapeError),
    (lambda: image.array_to_img(np.zeros((3, 4, 2))), ShapeError),
    (lambda: image.img_to_array(np.zeros(3)), ShapeError),
    (lambda: image.ImageDataGenerator(zoom_range=(1, 2, 3)), ArgumentError),
    (lambda: image.ImageDataGenerator(brightness_range=1), ArgumentError),
    (lambda: image.ImageDataGenerator(validation_split=2), ArgumentError),
    (lambda: image.ImageDataGenerator(data_format="last"), ArgumentError),
    (lambda: image.ImageDataGenerator(rotation_range=3, interpolation_order=3).flow(X).next(), ArgumentError),
    (lambda: image.ImageDataGenerator(rotation_range=3, fill_mode="mirror").flow(X).next(), ArgumentError),
    (lambda: image.ImageDataGenerator().flow(X[..., 0]), ShapeError),
    (lambda: image.ImageDataGenerator().flow(X, Y[1:]), DataError),
    (lambda: image.ImageDataGenerator(validation_split=0.5).flow(X, np.arange(10), subset="training"), DataError),
    (lambda: image.ImageDataGenerator().flow(X, subset="test"), ArgumentError),
    (lambda: image.ImageDataGenerator().fit(X[0]), ShapeError),
    (lambda: image.ImageDataGenerator().flow_from_directory("nowhere"), FileError),
    (lambda: image.ImageDataGenerator().flow_from_directory(".", class_mode="raw"), ArgumentError),
    (lambda: image.random_zoom(X[0], 0.5), ArgumentError),
])
def test_bad_calls_say_what_is_wrong(call, error):
    with pytest.raises(error, match="expected .* got") as caught:
        call()
    assert isinstance(caught.value, NabiError)


def test_random_ones_are_keras(keras):
    x = X[0].astype("float32")
    for name, arguments in {"random_rotation": (30, 0, 1, 2), "random_shift": (0.2, 0.3, 0, 1, 2), "random_shear": (20, 0, 1, 2),
                            "random_zoom": ((0.5, 1.5), 0, 1, 2), "random_channel_shift": (30.0, 2),
                            "random_brightness": ((0.5, 1.5),)}.items():
        results = []
        for module in (image, keras):
            np.random.seed(4)
            results.append(getattr(module, name)(x, *arguments))
        np.testing.assert_allclose(*results, atol=1e-3, err_msg=name)


def test_a_network_learns_from_flows(folder):
    import nabi

    model = nabi.Sequential([nabi.Input((8, 8, 3)), nabi.layers.Flatten(), nabi.layers.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    g = image.ImageDataGenerator(rescale=1 / 255, rotation_range=10, validation_split=0.25)
    train, held = (g.flow_from_directory(folder, (8, 8), batch_size=2, subset=part) for part in ("training", "validation"))
    history = model.fit(train, epochs=2, validation_data=held, verbose=0)
    assert len(history.history["val_loss"]) == 2 and train.total_batches_seen >= 2 * len(train)
    assert model.predict(held, verbose=0).shape == (held.samples, 2) and model.evaluate(held, verbose=0)
    arrays = image.ImageDataGenerator(horizontal_flip=True).flow(X[:, :8, :8], np.eye(2)[Y], batch_size=4)
    assert len(model.fit(arrays, epochs=1, steps_per_epoch=2, verbose=0).history["loss"]) == 1
