"""Transforms: pictures turned, moved, sheared, zoomed, flipped, lightened: a whole batch at once, with Keras' numbers.

    R(theta) T(tx, ty) S(shear) Z(zx, zy)     one after the other about the picture's middle, as one matrix that says of each
                                              pixel of the result where in the picture it is read

Keras 2.8 and later let the first axis of this matrix be the columns: `tx`, which `height_shift_range` draws, moves sideways, and
the middle of a picture that is not square is that of its turned frame. The same numbers come out here.
Source: Keras 3, legacy/preprocessing/image.py.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.kernels.warp import FILLS, warp
from nabi.preprocessing.pixels import as_array

GEOMETRY = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}  # and what changes nothing
Draws = Mapping[str, Any]  # name -> (N,) values, one a picture; None where it is not drawn


def matrices(p: Draws, height: int, width: int, turned: bool = True) -> np.ndarray:
    """The affine maps (N, 2, 3) of N pictures: from rows and columns of the result to those of the picture.

    Args:
        p: GEOMETRY's names, (N,) each, angles in degrees.
        height, width: of the pictures.
        turned: whether the first axis is the columns, as in Keras since 2.8.
    """
    theta, shear = np.deg2rad(p["theta"]), np.deg2rad(p["shear"])
    R, T, S, Z, C = np.tile(np.eye(3), (5, len(theta), 1, 1))
    R[:, 0, 0] = R[:, 1, 1] = np.cos(theta)
    R[:, 0, 1], R[:, 1, 0] = -np.sin(theta), np.sin(theta)
    T[:, 0, 2], T[:, 1, 2] = p["tx"], p["ty"]
    S[:, 0, 1], S[:, 1, 1] = -np.sin(shear), np.cos(shear)
    Z[:, 0, 0], Z[:, 1, 1] = p["zx"], p["zy"]
    C[:, 0, 2], C[:, 1, 2] = height / 2 - 0.5, width / 2 - 0.5
    back = C.copy()
    back[:, :2, 2] *= -1
    M = C @ (R @ T @ S @ Z) @ back
    if turned:
        M = M[:, [1, 0, 2]][:, :, [1, 0, 2]]
    return M[:, :2]


def moved(x: np.ndarray, p: Draws, fill_mode: str = "nearest", cval: float = 0.0, order: int = 1, turned: bool = True,
          middle: tuple[int, int] | None = None) -> np.ndarray:
    """Pictures (N, H, W, C) after their affine maps; those that nothing moves are left alone.

    Raises ArgumentError for an unknown way to fill, and for an order above 1.
    """
    if fill_mode not in FILLS:
        raise ArgumentError("fill_mode", f"one of {', '.join(FILLS)}", repr(fill_mode))
    if order not in (0, 1):
        raise ArgumentError("interpolation_order", "0 (nearest) or 1 (bilinear)", repr(order), "Splines are not built.")
    touched = np.any([np.asarray(p[name]) != still for name, still in GEOMETRY.items()], 0)
    if not touched.any():
        return x
    M = matrices({name: np.asarray(p[name], np.float64)[touched] for name in GEOMETRY},
                 *(middle or (x.shape[1], x.shape[2])), turned)
    whole = touched.all()
    t = torch.from_numpy(np.ascontiguousarray(x if whole else x[touched]))
    t = t if t.is_floating_point() else t.double()
    y = warp(t, torch.from_numpy(np.ascontiguousarray(M)), fill_mode, cval, order).numpy()
    if whole:
        return y.astype(x.dtype, copy=False)
    x = x.copy()
    x[touched] = y
    return x


def channel_shifted(x: np.ndarray, intensity: Any) -> np.ndarray:
    """Pictures (N, ...) with `intensity` (N,) added, cut to each one's own smallest and largest number."""
    axes = tuple(range(1, x.ndim))
    by = np.asarray(intensity, x.dtype if x.dtype.kind == "f" else np.float32).reshape(-1, *[1] * len(axes))
    return np.clip(x + by, x.min(axes, keepdims=True), x.max(axes, keepdims=True))


def brightened(x: np.ndarray, brightness: Any, scale: bool = False) -> np.ndarray:
    """Pictures (N, H, W, C) times `brightness` (N,), in whole numbers 0 to 255 as Pillow does; transparency stays.

    Numbers beyond 0 to 255, or all with `scale`, are stretched to 0 to 255 first, and without `scale` back again. Pictures of
    0 to 1 lose everything but 0 and 1: rescale behind it, with `ImageDataGenerator(rescale=1/255)`.
    """
    y = np.empty(x.shape, np.float32)
    for n, factor in enumerate(np.asarray(brightness, np.float32)):
        one, low, top = x[n], x[n].min(), x[n].max()
        local = low < 0 or top > 255
        if scale or local:
            one = one - low
            highest = one.max()
            one = (one / highest if highest != 0 else one) * 255
        table = np.clip(np.trunc(factor * np.arange(256, dtype=np.float32)), 0, 255)
        whole = one.astype(np.uint8)
        y[n] = table[whole]
        if x.shape[-1] == 4:
            y[n, ..., 3] = whole[..., 3]
        if local and not scale:
            y[n] = y[n] / 255 * (top - low) + low
    return y


def apply_affine_transform(x: Any, theta: float = 0, tx: float = 0, ty: float = 0, shear: float = 0, zx: float = 1, zy: float = 1,
                           row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
                           cval: float = 0.0, order: int = 1) -> np.ndarray:
    """One picture turned by `theta`, moved by tx and ty pixels, sheared by `shear` (degrees), zoomed by zx and zy.

    Args:
        x: an array of three axes, by default (channels, height, width).
        row_axis, col_axis, channel_axis: which axis is which.
        fill_mode: "nearest", "constant", "reflect" or "wrap". cval: the number for "constant".
        order: 0 nearest pixel, 1 bilinear.

    Example:
        >>> apply_affine_transform(np.arange(3.0).reshape(1, 1, 3), tx=1).ravel()
        array([1., 2., 2.])

    Raises ArgumentError, ShapeError.
    """
    x = as_array(x)
    if x.ndim != 3 or sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or channel_axis == 1:
        raise ShapeError("apply_affine_transform(x)", "three axes, the channels first or last",
                         f"shape {x.shape}, axes {row_axis}, {col_axis}, {channel_axis}")
    p = {name: np.array([value]) for name, value in zip(GEOMETRY, (theta, tx, ty, shear, zx, zy), strict=True)}
    size = x.shape[row_axis], x.shape[col_axis]
    y = moved(np.moveaxis(x, channel_axis, -1)[None], p, fill_mode, cval, order, col_axis > row_axis, size)
    return np.moveaxis(y[0], -1, channel_axis)


def apply_channel_shift(x: Any, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """One picture with `intensity` added to all its numbers, cut to its smallest and largest one."""
    return channel_shifted(as_array(x)[None], [intensity])[0]


def apply_brightness_shift(x: Any, brightness: float, scale: bool = True) -> np.ndarray:
    """One picture (height, width, channels) times `brightness`: see `brightened`."""
    return brightened(as_array(x, np.float32)[None], [brightness], scale)[0]


def flip_axis(x: Any, axis: int) -> np.ndarray:
    """An array turned round along one axis."""
    return np.flip(as_array(x), axis)


def random_rotation(x: Any, rg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
                    cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """One picture turned by up to `rg` degrees either way; drawn from NumPy's `np.random`."""
    axes = row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    return apply_affine_transform(x, np.random.uniform(-rg, rg), 0, 0, 0, 1, 1, *axes)


def random_shift(x: Any, wrg: float, hrg: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                 fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """One picture moved by up to the shares `wrg` and `hrg` of its size; drawn from NumPy's `np.random`."""
    h, w = np.shape(x)[row_axis], np.shape(x)[col_axis]
    tx, ty = np.random.uniform(-hrg, hrg) * h, np.random.uniform(-wrg, wrg) * w
    axes = row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    return apply_affine_transform(x, 0, tx, ty, 0, 1, 1, *axes)


def random_shear(x: Any, intensity: float, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0,
                 fill_mode: str = "nearest", cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """One picture sheared by up to `intensity` degrees either way; drawn from NumPy's `np.random`."""
    axes = row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    return apply_affine_transform(x, 0, 0, 0, np.random.uniform(-intensity, intensity), 1, 1, *axes)


def random_zoom(x: Any, zoom_range: Any, row_axis: int = 1, col_axis: int = 2, channel_axis: int = 0, fill_mode: str = "nearest",
                cval: float = 0.0, interpolation_order: int = 1) -> np.ndarray:
    """One picture zoomed by two factors out of `zoom_range`; drawn from NumPy's `np.random`."""
    if np.size(zoom_range) != 2:
        raise ArgumentError("random_zoom(zoom_range)", "two factors", repr(zoom_range))
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    axes = row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    return apply_affine_transform(x, 0, 0, 0, 0, zx, zy, *axes)


def random_channel_shift(x: Any, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """One picture with a number out of +-`intensity_range` added; drawn from NumPy's `np.random`."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def random_brightness(x: Any, brightness_range: Any, scale: bool = True) -> np.ndarray:
    """One picture times a number out of `brightness_range`; drawn from NumPy's `np.random`."""
    if np.size(brightness_range) != 2:
        raise ArgumentError("random_brightness(brightness_range)", "two numbers", repr(brightness_range))
    return apply_brightness_shift(x, np.random.uniform(brightness_range[0], brightness_range[1]), scale)
