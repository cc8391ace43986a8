"""Every function of keras.ops.nn, .linalg and .image against Keras itself on torch: one table."""

import os

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(0)
X, Y = (RNG.normal(size=(3, 4)).astype("float32") for _ in range(2))
SQUARE = (X.T @ X + np.eye(4)).astype("float32")
MAPS, OTHERS = (RNG.uniform(size=(2, 9, 8, 3)).astype("float32") for _ in range(2))
ROWS, VOLUME = RNG.normal(size=(2, 8, 3)).astype("float32"), RNG.normal(size=(1, 4, 5, 4, 2)).astype("float32")
HEADS = RNG.normal(size=(3, 2, 5, 2, 4)).astype("float32")
SHARES = (np.exp(X) / np.exp(X).sum(-1, keepdims=True)).astype("float32")
KERNEL = RNG.normal(size=(3, 2, 3, 5)).astype("float32")
LABELS, LENGTHS = np.array([[1, 2], [2, 1]]), np.array([2, 2])
TILT = np.float32([[[0, 0], [7, 0], [0, 8], [7, 8]]] * 2)
LAST = {"data_format": "channels_last"}

NN = [
    *((name, (X,), {}) for name in "relu relu6 sigmoid sparse_sigmoid softplus softsign silu swish log_sigmoid leaky_relu "
      "hard_sigmoid hard_silu hard_swish elu selu celu gelu glu tanh_shrink hard_tanh hard_shrink soft_shrink squareplus "
      "sparse_plus softmax log_softmax normalize layer_normalization rms_normalization".split()),
    ("threshold", (X, 0.2, -1.0), {}), ("gelu", (X,), {"approximate": False}), ("polar", (np.abs(X), Y), {}),
    ("softmax", (ROWS,), {"axis": (1, 2)}), ("normalize", (X,), {"axis": 0, "order": 1}), ("moments", (ROWS, (0, 1)), {}),
    ("moments", (ROWS, 0), {"keepdims": True, "synchronized": False}), ("psnr", (X, Y, 2.0), {}),
    ("max_pool", (MAPS, 2), {"padding": "same"}), ("average_pool", (ROWS, 3, 2), {}), ("max_pool", (VOLUME, 2), {}),
    ("adaptive_max_pool", (MAPS, (3, 2)), {}), ("adaptive_average_pool", (MAPS, 5), {}), ("adaptive_average_pool", (ROWS, 3), {}),
    ("conv", (MAPS, KERNEL), {"strides": (1, 2), "padding": "same"}), ("conv", (MAPS, KERNEL), {"dilation_rate": 2}),
    ("depthwise_conv", (MAPS, KERNEL[..., :2]), {}), ("conv_transpose", (MAPS, KERNEL.transpose(0, 1, 3, 2)), {"strides": 2}),
    ("separable_conv", (MAPS, KERNEL[..., :2], RNG.normal(size=(1, 1, 6, 4)).astype("float32")), {}),
    ("one_hot", ([0, 2], 3), {"sparse": False}), ("one_hot", ([0, 2], 3), {"axis": 0, "dtype": "int32"}),
    ("multi_hot", ([[0, 2], [1, 1]], 3), {}), ("binary_crossentropy", ((SHARES > 0.3).astype("float32"), SHARES), {}),
    ("categorical_crossentropy", (np.eye(4, dtype="float32")[:3], SHARES), {}),
    ("categorical_crossentropy", (np.eye(4, dtype="float32")[:3], X), {"from_logits": True}),
    ("sparse_categorical_crossentropy", (np.array([0, 3, 1]), SHARES), {}),
    ("batch_normalization", (MAPS, MAPS[0, 0, 0], np.abs(MAPS[0, 1, 0]), -1, OTHERS[0, 0, 0], OTHERS[0, 1, 0]), {}),
    ("ctc_loss", (LABELS, ROWS, LENGTHS, np.array([8, 7])), {}), ("dot_product_attention", tuple(HEADS), {"is_causal": True}),
    ("unfold", (torch.from_numpy(MAPS), 2), {"stride": 2, "padding": 1}),
    ("fold", (torch.from_numpy(X.reshape(1, 4, 3)), (2, 4), (2, 2)), {}),
    ("depth_to_space", (MAPS.reshape(2, 6, 3, 12), 2), {}), ("space_to_depth", (MAPS[:, :8], 2), {})]
LINALG = [
    ("cholesky", (SQUARE,), {}), ("cholesky", (SQUARE,), {"upper": True}), ("det", (SQUARE,), {}), ("inv", (SQUARE,), {}),
    ("cholesky_inverse", (np.linalg.cholesky(SQUARE),), {}), ("eigh", (SQUARE,), {}), ("eig", (SQUARE,), {}),
    ("lu_factor", (SQUARE,), {}), ("norm", (X,), {"axis": 1}), ("norm", (X,), {"ord": "fro"}), ("qr", (X,), {}),
    ("solve", (SQUARE, X.T), {}), ("solve_triangular", (np.tril(SQUARE), X.T), {"lower": True}),
    ("svd", (X,), {"compute_uv": False}),
    ("lstsq", (X.T, Y.T), {}), ("matrix_rank", (X,), {"tol": 0.1}), ("pinv", (X,), {"rcond": 0.1})]
IMAGE = [
    ("resize", (MAPS, (4, 5)), {}), ("resize", (MAPS, (12, 5)), {"interpolation": "nearest"}), ("rgb_to_hsv", (MAPS,), {}),
    ("resize", (MAPS, (9, 4)), {"pad_to_aspect_ratio": True}),
    ("resize", (MAPS.transpose(0, 3, 1, 2), (4, 5)), {"data_format": "channels_first"}), ("rgb_to_grayscale", (MAPS,), {}),
    ("hsv_to_rgb", (MAPS,), {}), ("extract_patches", (MAPS, (3, 2)), {"padding": "same"}),
    ("extract_patches_3d", (VOLUME, 2), {"strides": 1, "padding": "same"}), ("extract_patches_3d", (VOLUME, (2, 3, 1)), {}),
    ("map_coordinates", (X, [Y[0] + 1, Y[1]], 1), {"fill_mode": "reflect"}), ("map_coordinates", (X, [Y[0], Y[1]], 0), {}),
    *(("affine_transform", (MAPS, np.float32([[0.9, 0.2, 1.3, -0.1, 1.1, -2.4, 0, 0]] * 2)), {"fill_mode": mode, **LAST})
      for mode in ("constant", "nearest", "wrap", "mirror", "reflect")),
    ("affine_transform", (MAPS[0], np.float32([1, 0, 2, 0, 1, 0, 0, 0])), {"interpolation": "nearest", "fill_value": 0.5}),
    ("perspective_transform", (MAPS, TILT, TILT + RNG.uniform(size=TILT.shape).astype("float32")), {}),
    ("pad_images", (MAPS, 1, 2), {"target_height": 12, "target_width": 11}), ("crop_images", (MAPS, 1, 2, 3, 1), {}),
    ("gaussian_blur", (MAPS, (5, 5), (1.5, 0.7)), LAST), ("sobel_edges", (MAPS,), LAST),
    ("ssim", (MAPS, OTHERS), {"filter_size": 5}), ("ssim", (MAPS[0], OTHERS[0]), {"filter_size": 3, "max_val": 2.0}),
    *(("scale_and_translate", (MAPS, (2, 5, 12, 3), np.float32([0.5, 1.5]), np.float32([0.3, -1]), (1, 2), method), {})
      for method in ("linear", "cubic", "lanczos3"))]
ELSEWHERE = {"nn": {"ctc_decode", "sparsemax"}, "linalg": {"jvp"}, "image": {"elastic_transform"}}  # tested by other means, here
# and in test_as_keras_operations.py; sparsemax in Keras 3.15 on torch gives rows that do not add up to 1


@pytest.fixture(scope="module")
def keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    return keras


def numbers(found):
    if isinstance(found, (list, tuple)):
        return [part for one in found for part in numbers(one)]
    return [np.asarray(found.detach() if hasattr(found, "detach") else found)]


def differences(ours, theirs, name):
    ours, theirs = numbers(ours), numbers(theirs)
    assert len(ours) == len(theirs), name
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape, (name, a.shape, b.shape)
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("folder", ["nn", "linalg", "image"])
def test_against_keras(keras, folder):
    from nabi import ops
    from nabi.as_keras.names import ops as further
    from nabi.as_keras.names import ops_image

    cases, theirs = {"nn": NN, "linalg": LINALG, "image": IMAGE}[folder], getattr(keras.ops, folder)
    named = {name for name in dir(theirs) if name[0] != "_"} - ELSEWHERE[folder]
    assert named <= {name for name, _, _ in cases}, "functions of Keras without a case"
    for name, args, options in cases:
        ours = getattr(ops_image if folder == "image" else further if hasattr(further, name) else ops, name)
        copies = [np.array(one) if isinstance(one, np.ndarray) else one for one in args]  # Keras writes into some
        differences(ours(*args, **options), getattr(theirs, name)(*copies, **options), f"{name} {options}")
    with pytest.raises(AssertionError):  # a window that is a little wider
        differences(ops_image.gaussian_blur(MAPS, 5, (1.6, 1.5)), keras.ops.image.gaussian_blur(MAPS, (5, 5), (1.5, 1.5)), "")


def test_arguments_of_several_dtypes():
    """Whole numbers beside floats, as NumPy has them."""
    from nabi.as_keras.names import ops

    whole, x = np.array([[3, -4, 0]]), X[:, :3].astype("float64")
    for name in ("hypot", "nextafter", "heaviside", "copysign", "inner", "kron", "cross", "vdot"):
        numbers = ((2, x), (2.5, whole)) if hasattr(getattr(np, name), "nin") else ()
        for a, b in ((whole, x[:1]), (x[:1], whole), (whole, np.abs(whole)), *numbers):
            differences(getattr(ops, name)(a, b), getattr(np, name)(a, b), name)
    axes = {"axisa": 0, "axisc": 0}
    differences(ops.cross(x.T, x, **axes), np.cross(x.T, x, **axes), "cross")


def test_what_is_drawn():
    """A field of no size moves nothing; a small one moves pixels a little, the same for the same seed."""
    from nabi.as_keras.names.ops_image import elastic_transform

    np.testing.assert_array_equal(elastic_transform(MAPS, alpha=0.0), MAPS)
    one, same, other = (elastic_transform(MAPS, 1.0, 1.0, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all() and (one != other).any() and 0 < float((one - MAPS).abs().mean()) < 0.3


def test_boxes_and_losses_against_keras(keras):
    from nabi.as_keras.names import bounding_boxes, further_losses

    b, c = (np.sort(RNG.uniform(0, 50, (2, n, 2, 2)), 2).reshape(2, n, 4).astype("float32") for n in (5, 3))
    theirs = keras.utils.bounding_boxes
    size, turn = {"height": 60, "width": 70}, [torch.tensor([v, -v]) for v in (20.0, 0.1, -0.2, 1.2, 5.0, -4.0)]
    cases = [("compute_iou", (b, c, "xyxy"), {}), ("compute_iou", (b[0] - 30, c[0], "xywh", True), {}),
             ("compute_ciou", (b[:, :3], c, "center_xywh"), {}), ("crop", (torch.tensor(b), 5, 3, 20, 30), {}),
             ("pad", (torch.tensor(b), 5, 3), {}), ("affine_transform", (torch.tensor(b), *turn), size),
             ("encode_box_to_deltas", (b[0, :3], c, "xyxy", "xyxy"), {"variance": [0.1, 0.1, 0.2, 0.2]}),
             ("decode_deltas_to_boxes", (b[0, :3], torch.tensor(c / 50), "xyxy", "yxyx"), {}),
             *(("convert_format", (b / 60, source, target), size) for source in bounding_boxes.FORMATS
               for target in bounding_boxes.FORMATS)]
    for name, args, options in cases:
        ours, oracle = (getattr(module, name)(*args, **options) for module in (bounding_boxes, theirs))
        differences(ours, oracle, f"{name} {args[1:3]}")
    one, other = (module.clip_to_image_size({"boxes": torch.tensor(b) - 20, "labels": torch.arange(10).reshape(2, 5)}, 9, 30)
                  for module in (bounding_boxes, theirs))
    differences([one["boxes"], one["labels"]], [other["boxes"], other["labels"]], "clip")
    units = ROWS[0] / np.linalg.norm(ROWS[0], axis=-1, keepdims=True)
    classes = np.array([0, 1, 0, 2, 1, 0, 2, 3])
    for ours, oracle, given in ((further_losses.Circle(gamma=8), keras.losses.Circle(gamma=8), (classes, units)),
                                (further_losses.CTC(), keras.losses.CTC(), (LABELS, ROWS))):
        differences(ours(*given), oracle(*given), type(oracle).__name__)
