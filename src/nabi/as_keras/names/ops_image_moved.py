"""Ops that move pixels: `keras.ops.image`'s affine, perspective and elastic transforms, which read a picture at given places.

    y[i, j] = x(rows[i, j], columns[i, j])        between pixels: the mean of the four around it, or the nearest

What lies beyond the border: "constant", "nearest", "wrap", "mirror" (c b | a b c), "reflect" (b a | a b c).
Source: Keras 3, ops/image.py.
"""

from collections.abc import Callable
from functools import reduce
from itertools import product
from typing import Any

import torch

from nabi.as_keras.names.ops_image_filters import blurred
from nabi.as_keras.names.pictures_of_ops import on_symbols
from nabi.as_keras.operations.entered import entered
from nabi.core.errors import ArgumentError
from nabi.ops.op import floats, tensor
from nabi.random import SeedGenerator, normal

__all__ = ["affine_transform", "elastic_transform", "map_coordinates", "perspective_transform", "scale_and_translate"]
ORDERS = {"nearest": 0, "bilinear": 1}


def mirrored(i: torch.Tensor, n: int) -> torch.Tensor:
    """Places beyond the border, seen in a mirror that stands on the last pixel."""
    last = max(n - 1, 1)
    return ((i + last) % (2 * last) - last).abs()


BEYOND: dict[str, Callable[[torch.Tensor, int], torch.Tensor]] = {
    "constant": lambda i, n: i.clamp(0, n - 1), "nearest": lambda i, n: i.clamp(0, n - 1), "wrap": lambda i, n: i % n,
    "mirror": mirrored, "reflect": lambda i, n: (mirrored(2 * i + 1, 2 * n + 1) - 1) // 2}  # fmt: skip


def one_of(where: str, value: Any, known: Any) -> Any:
    """The value itself; ArgumentError for one that is not known."""
    if value not in known:
        raise ArgumentError(where, f"one of {', '.join(map(repr, known))}", repr(value))
    return value


def read_at(x: torch.Tensor, places: list[torch.Tensor], order: int, fill_mode: str, fill_value: Any) -> torch.Tensor:
    """x at places, a tensor for each of its first axes; further axes, such as channels, come along."""
    beyond = BEYOND[one_of("ops.image(fill_mode)", fill_mode, BEYOND)]
    ends = []
    for place, n in zip(places, x.shape, strict=False):
        low = place.round() if order == 0 else place.floor()
        shares = [(low, torch.ones_like(place))] if order == 0 else [(low, 1 - place + low), (low + 1, place - low)]
        ends.append([(beyond(i.long(), n), (i >= 0) & (i < n), share) for i, share in shares])
    numbers, found = floats(x), torch.zeros(())
    for corner in product(*ends):
        more = (..., *[None] * (x.ndim - len(places)))
        value = numbers[tuple(index for index, _, _ in corner)]
        if fill_mode == "constant":
            inside = torch.stack([inside for _, inside, _ in corner]).all(0)
            value = torch.where(inside[more], value, torch.as_tensor(fill_value, dtype=value.dtype))
        found = found + reduce(torch.mul, [share for _, _, share in corner])[more] * value
    return found.to(x.dtype) if x.is_floating_point() else found.round().to(x.dtype)


@entered
def map_coordinates(inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant",
                    fill_value: float = 0.0) -> torch.Tensor:
    """x at places between its numbers: coordinates has one tensor of places for each axis of x.

    Example:
        >>> map_coordinates([1.0, 3.0, 7.0], [[0.5, 2.0]], order=1).tolist()
        [2.0, 7.0]
    """
    one_of("ops.image.map_coordinates(order)", order, (0, 1))
    return read_at(tensor(inputs), [floats(place) for place in coordinates], order, fill_mode, fill_value)


def grid(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows and columns of the pixels of (N, H, W, C)."""
    rows, columns = torch.meshgrid(*(torch.arange(n, dtype=floats(x).dtype) for n in x.shape[1:3]), indexing="ij")
    return rows, columns


def moved(x: torch.Tensor, matrices: torch.Tensor, interpolation: str, fill_mode: str, fill_value: Any) -> torch.Tensor:
    """Pictures (N, H, W, C), each read at (column, row, 1) times its matrix (N, 3, 3)."""
    order = ORDERS[one_of("ops.image(interpolation)", interpolation, ORDERS)]
    rows, columns = grid(x)
    places = torch.stack([columns, rows, torch.ones_like(rows)])
    made = []
    for picture, matrix in zip(x, matrices.to(places.dtype).expand(len(x), 3, 3), strict=True):
        column, row, scale = torch.einsum("ij,jhw->ihw", matrix, places)
        made.append(read_at(picture, [row / scale, column / scale], order, fill_mode, fill_value))
    return torch.stack(made)


@on_symbols
def affine_transform(images: Any, transform: Any, interpolation: str = "bilinear", fill_mode: str = "constant",
                     fill_value: float = 0) -> torch.Tensor:
    """Pixel (x, y) of the result is that at (a0 x + a1 y + a2, b0 x + b1 y + b2); transform: (a0, a1, a2, b0, b1, b2, 0, 0)."""
    t = floats(transform).reshape(-1, 8)
    matrices = torch.cat([t[:, :6], torch.tensor([[0.0, 0, 1]], dtype=t.dtype).expand(len(t), 3)], 1).reshape(-1, 3, 3)
    return moved(images, matrices, interpolation, fill_mode, fill_value)


def homography(start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    """The matrices that send four points of the result, (N, 4, 2), to those of the pictures."""
    x, y = end.unbind(-1)
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    rows = []
    for k, parts in enumerate(((x, y, one, zero, zero, zero), (zero, zero, zero, x, y, one))):
        rows.append(torch.stack([*parts, -start[..., k] * x, -start[..., k] * y], -1))
    a = torch.linalg.solve(torch.cat(rows, 1), torch.cat([start[..., 0], start[..., 1]], 1))
    return torch.cat([a, torch.ones_like(a[:, :1])], 1).reshape(-1, 3, 3)


@on_symbols
def perspective_transform(images: Any, start_points: Any, end_points: Any, interpolation: str = "bilinear",
                          fill_value: float = 0) -> torch.Tensor:
    """Pictures as a plane that is tilted: what was at four points (x, y) comes to four others."""
    points = [floats(p).reshape(-1, 4, 2).to(floats(images).dtype) for p in (start_points, end_points)]
    return moved(images, homography(*points), interpolation, "constant", fill_value)


@on_symbols
def elastic_transform(images: Any, alpha: float = 20.0, sigma: float = 5.0, interpolation: str = "bilinear",
                      fill_mode: str = "reflect", fill_value: float = 0.0, seed: Any = None) -> torch.Tensor:
    """Pictures whose pixels are moved by smooth random fields: alpha times noise of deviation sigma, smoothed by sigma."""
    keys = seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed)
    noise = normal((*images.shape[:3], 2), seed=keys).to(floats(images).dtype)
    return bent(images, noise, alpha, sigma, interpolation, fill_mode, fill_value)


def bent(x: torch.Tensor, noise: torch.Tensor, alpha: Any, sigma: Any, interpolation: str, fill_mode: str,
         fill_value: float) -> torch.Tensor:
    """The same of noise (N, H, W, 2) of deviation 1."""
    width, (rows, columns) = 2 * int(3 * float(sigma)) + 1, grid(x)
    fields = float(alpha) * blurred(float(sigma) * noise, (width, width), (float(sigma), float(sigma)))
    order = ORDERS[one_of("ops.image.elastic_transform(interpolation)", interpolation, ORDERS)]
    return torch.stack([read_at(picture, [rows + field[..., 1], columns + field[..., 0]], order, fill_mode, fill_value)
                        for picture, field in zip(x, fields, strict=True)])


def cubic(x: torch.Tensor) -> torch.Tensor:
    """Keys' cubic of a distance."""
    near, far = ((1.5 * x - 2.5) * x) * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x >= 2, 0.0, torch.where(x >= 1, far, near))


def lanczos(radius: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Lanczos' window of a distance."""
    return lambda x: torch.where(x > radius, 0.0, torch.sinc(x) * torch.sinc(x / radius))


WINDOWS = {**dict.fromkeys(("linear", "bilinear", "trilinear"), lambda x: (1 - x).clamp(min=0)),
           **dict.fromkeys(("cubic", "bicubic", "tricubic"), cubic), "lanczos3": lanczos(3), "lanczos5": lanczos(5)}


@entered
def scale_and_translate(images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: str,
                        antialias: bool = True) -> torch.Tensor:
    """Pictures of another shape: axis d of the input, scaled by scale and moved by translation, is read by a window."""
    x, window = tensor(images), WINDOWS[one_of("ops.image.scale_and_translate(method)", method, WINDOWS)]
    made = floats(x)
    for axis, s, t in zip(spatial_dims, floats(scale), floats(translation), strict=True):
        n, places = x.shape[axis], torch.arange(int(output_shape[axis]), dtype=made.dtype)
        place = (places + 0.5 - t) / s - 0.5
        wide = max(float(1 / s), 1.0) if antialias else 1.0
        shares = window((place - torch.arange(n, dtype=made.dtype)[:, None]).abs() / wide)
        total = shares.sum(0, keepdim=True)
        there = (total.abs() > 1000 * torch.finfo(torch.float32).eps) & (place >= -0.5) & (place <= n - 0.5)
        shares = torch.where(there, shares / torch.where(total == 0, 1.0, total), 0.0)
        made = (made.movedim(axis, -1) @ shares.to(made.dtype)).movedim(-1, axis)
    if x.is_floating_point():
        return made
    return made.round().clamp(float(x.min()), float(x.max())).to(x.dtype)
