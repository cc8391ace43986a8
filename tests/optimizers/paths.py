"""Paths of three weights under 20 fixed random gradients: nabi's on one padded vector, Keras' and torch's."""

import numpy as np
import torch

from nabi.optimizers import Optimizer, Span

SHAPES = [(3, 3, 2, 4), (5,), (7, 3)]
STEPS = 20
PADDED = 16  # each weight starts at a multiple of this; the rest are zeros


def start(seed: int = 0) -> list[np.ndarray]:
    """First values of the weights, float64."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in SHAPES]


def gradients(steps: int = STEPS, seed: int = 1) -> list[list[np.ndarray]]:
    """One list of gradients for each step; sizes from 0.01 to 10, so that clipping and epsilon matter."""
    rng = np.random.default_rng(seed)
    return [[rng.normal(size=shape) * 10 ** rng.uniform(-2, 1) for shape in SHAPES] for _ in range(steps)]


def segments() -> list[tuple[int, int]]:
    """Where each weight lies in the padded vector."""
    found, at = [], 0
    for shape in SHAPES:
        found.append((at, at + int(np.prod(shape))))
        at = -(-found[-1][1] // PADDED) * PADDED
    return found


def length() -> int:
    """Length of the padded vector."""
    return -(-segments()[-1][1] // PADDED) * PADDED


def pack(arrays, dtype=torch.float64) -> torch.Tensor:
    """Arrays as one padded vector."""
    vector = torch.zeros(length(), dtype=dtype)
    for (a, b), array in zip(segments(), arrays, strict=True):
        vector[a:b] = torch.as_tensor(array.reshape(-1)).to(dtype)
    return vector


def unpack(vector: torch.Tensor) -> list[np.ndarray]:
    """The padded vector as arrays."""
    return [vector[a:b].double().numpy().reshape(shape).copy() for (a, b), shape in zip(segments(), SHAPES, strict=True)]


def span_of(optimizer: Optimizer, dtype=torch.float64, **choices) -> Span:
    """One span that holds all three weights."""
    span = optimizer.make_span(pack(start(), dtype), torch.zeros(length(), dtype=dtype), segments(), **choices)
    span.views = [lambda segment, shape=shape: segment.view(shape) for shape in SHAPES]
    return span


def nabi_path(optimizer: Optimizer, dtype=torch.float64, before_step=None, finalize=True, **choices) -> list[list[np.ndarray]]:
    """Weights after each step."""
    span, path = span_of(optimizer, dtype, **choices), []
    for number, step in enumerate(gradients()):
        if before_step:
            before_step(optimizer, number)
        span.g.copy_(pack(step, dtype))
        optimizer.apply([span])
        path.append(unpack(span.w))
    if optimizer.use_ema and finalize:
        optimizer.finalize_variable_values([span])
        path.append(unpack(span.w))
    return path


def keras_path(keras, optimizer, before_step=None) -> list[list[np.ndarray]]:
    """The same path by a Keras optimizer, in Keras' present floatx."""
    dtype = keras.config.floatx()
    variables = [keras.Variable(array, dtype=dtype) for array in start()]
    path = []
    for number, step in enumerate(gradients()):
        if before_step:
            before_step(optimizer, number)
        optimizer.apply([torch.as_tensor(g).to(getattr(torch, dtype)) for g in step], variables)
        path.append([v.value.detach().double().numpy().copy() for v in variables])
    if optimizer.use_ema:
        optimizer.finalize_variable_values(variables)
        path.append([v.value.detach().double().numpy().copy() for v in variables])
    return path


def torch_path(make, before_step=None) -> list[list[np.ndarray]]:
    """The same path by an optimizer of torch; `make(params)` builds it."""
    params = [torch.tensor(array, requires_grad=True) for array in start()]
    optimizer, path = make(params), []
    for number, step in enumerate(gradients()):
        if before_step:
            before_step(optimizer, number)
        for param, g in zip(params, step, strict=True):
            param.grad = torch.tensor(g)
        optimizer.step()
        path.append([param.detach().numpy().copy() for param in params])
    return path


def distance(path, other) -> float:
    """Largest difference along both paths, relative to each weight's largest value."""
    assert len(path) == len(other)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for x, y in zip(path, other, strict=True)
               for a, b in zip(x, y, strict=True))
