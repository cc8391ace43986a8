"""Sums of products: what convolution, dense layers and all their kin come down to, told once.

    sum = x_1 w_1 + x_2 w_2 + ... + x_n w_n,   z = sum + b,   y = a(z)
"""

from typing import Any

import numpy as np

from nabi.trace.kinds.functions import activated
from nabi.trace.numbers import bracketed, plus, products, show
from nabi.trace.seen import wide
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.words import t


def summed(layer: Any, seen: Any, place: tuple[int, ...], x: np.ndarray, w: np.ndarray, places: np.ndarray, bias: float | None,
           inside: np.ndarray | None = None, parts: np.ndarray | None = None, drawn: dict[str, np.ndarray] | None = None) -> Told:
    """A sum of products, its bias and the layer's activation.

    Args:
        x, w: factors, in the shape of the window.
        places: (n, axes) where each x lies in the input, in the order of x.ravel().
        bias: b, None without one.
        inside: which x are numbers of the input and not padding, in the order of x.ravel().
        parts: sums of the channels alone, where there are several.
        drawn: further arrays, for the figure.
    """
    x, w = wide(x), wide(w)
    p = x * w
    total = float(p.sum())
    inside = np.ones(x.size, dtype=bool) if inside is None else inside
    table = Table({"place": places, "x": x.ravel(), "w": w.ravel(), "x w": p.ravel()}, inside=inside)
    shown_ = products(x.ravel(), w.ravel())
    by_channel = not shown_ and parts is not None
    lines = [Line("sum", t("by channel") if by_channel else "sum of x w", shown_ or plus([] if parts is None else parts), total)]
    value = total
    if bias is not None:
        value = total + bias
        lines.append(Line("z", "sum + b", f"{show(total)} + {bracketed(bias)}", value))
    arrays = {**(drawn or {}), "window": x, "kernel": w, "products": p, "sum": np.array(total), "z": np.array(value)}
    if bias is not None:
        arrays["bias"] = np.array(bias)
    if parts is not None:
        arrays["parts"] = parts
    told = Told(value, tuple(lines), (table,), arrays, (Reads(0, places[inside], seen.sample),))
    return activated(layer, seen, place, told)
