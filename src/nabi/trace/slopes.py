"""Slopes: a layer without a rule of its own whose numbers are sums all the same: its weights are read off by derivatives.

    w_i = dy/dx_i,   c = y(0),   y = sum of x w + c        a flip, a crop, a resize, a turn, a user's own 2 x + 1

The same sum is asked at other inputs as well: where it does not hold there, the layer is none such, and is told as a whole.
"""

from typing import Any

import numpy as np
import torch

from nabi.trace.numbers import bracketed, products, show
from nabi.trace.run import Copies
from nabi.trace.step import Line, Reads, Table, Told

CLOSE = 1e-9  # relative: sums in another order agree to this


def by_slopes(seen: Any, place: tuple[int, ...], output: int) -> Told | None:
    """One number as a weighted sum of the inputs of its sample; None where it is none."""
    at, asked = (seen.sample, *place), [np.asarray(x, dtype=np.float64) for x in seen.x]
    slopes = derivatives(seen, at, output)
    if slopes is None or not all(np.isfinite(w).all() for w in slopes) or not any(w.any() for w in slopes):
        return None  # nothing to add up: a number that is cut off, or made of none of these
    others = np.arange(len(asked[0])) != seen.sample
    if any(w[others].any() for w in slopes if len(w) == len(others)):
        return None  # other samples take part
    draw = np.random.default_rng(0)
    zero, moved = [x.copy() for x in asked], [x.copy() for x in asked]
    for x, y in zip(zero, moved, strict=True):
        x[seen.sample] = 0
        y[seen.sample] = draw.standard_normal(x.shape[1:])
    c = number(seen, zero, at, output)
    for inputs in (asked, moved):
        value = c + sum(float((w[seen.sample] * x[seen.sample]).sum()) for w, x in zip(slopes, inputs, strict=True))
        if not abs(value - number(seen, inputs, at, output)) <= CLOSE * max(1.0, abs(value)):
            return None
    return told(seen, asked, slopes, c, output)


def told(seen: Any, inputs: list[np.ndarray], slopes: list[np.ndarray], c: float, output: int) -> Told:
    """The sum, place by place."""
    tables, read, x_all, w_all = [], [], [], []
    for k, (x, w) in enumerate(zip(inputs, slopes, strict=True)):
        x, w = x[seen.sample], w[seen.sample]
        places = np.argwhere(w)
        x_some, w_some = x[tuple(places.T)], w[tuple(places.T)]
        tables.append(Table({"place": places, "x": x_some, "w": w_some, "x w": x_some * w_some}))
        read.append(Reads(k, places, seen.sample))
        x_all.append(x_some)
        w_all.append(w_some)
    x, w = np.concatenate(x_all), np.concatenate(w_all)
    total = float((x * w).sum())
    lines = [Line("sum", "sum of x w", products(x, w) or show(total), total)]
    if c:
        lines.append(Line("y", "sum + c", f"{show(total)} + {bracketed(c)}", total + c))
    else:
        lines.append(Line("y", "sum", show(total), total))
    arrays = {**{f"x{k}": one[seen.sample] for k, one in enumerate(inputs)}, "y": seen.y[output][seen.sample],
              **{f"w{k}": one[seen.sample] for k, one in enumerate(slopes)}, "sum": np.array(total), "c": np.array(c)}
    return Told(total + c, tuple(lines), tuple(tables), arrays, tuple(read), "by slopes")


def derivatives(seen: Any, at: tuple[int, ...], output: int) -> list[np.ndarray] | None:
    """dy / d each input, by autograd; None where the layer cannot be differentiated."""
    inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in seen.x]
    if any(x.dtype.kind != "f" for x in seen.x):
        return None  # whole numbers: indices, not amounts
    try:
        y = seen.run.again(seen.number, inputs, Copies(False))[output][at]
        found = torch.autograd.grad(y, inputs, allow_unused=True) if y.requires_grad else [None] * len(inputs)
    except RuntimeError:  # a layer of the user's that leaves torch, or asks for plain numbers
        return None
    return [np.zeros(x.shape) if g is None else g.numpy() for x, g in zip(seen.x, found, strict=True)]


def number(seen: Any, inputs: list[np.ndarray], at: tuple[int, ...], output: int) -> float:
    """The same number of the layer's output for other inputs, with the same random numbers."""
    return float(seen.again(*inputs)[output][at])
