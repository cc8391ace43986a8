"""Dropout and noise: in training a mask or a random number, the very one that the step draws; at inference nothing happens.

    training  y = x m / (1 - rate),  m = 0 or 1        noise  y = x + stddev z        inference  y = x
"""

from typing import Any

import numpy as np

from nabi.layers import GaussianDropout, GaussianNoise
from nabi.layers.dropout import Dropping
from nabi.trace.numbers import bracketed, show
from nabi.trace.seen import Seen
from nabi.trace.step import Line, Reads, Told
from nabi.trace.telling import Places, read_by, rule


@rule(Dropping, GaussianDropout, GaussianNoise)
def of_dropout(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """One number, and what chance does to it."""
    x = float(seen.one[place])
    back = (Reads(0, np.array([place]), seen.sample),)
    if not seen.training:
        return Told(x, (Line("x", "", "", x), Line("y", "x", "", x)), (), {}, back, "dropout inference")
    if isinstance(layer, GaussianNoise):
        noise = float(seen.again(np.zeros_like(seen.x[0]))[0][(seen.sample, *place)])
        lines = (Line("x", "", "", x), Line("noise", "stddev z", f"{show(layer.stddev)}*z", noise),
                 Line("y", "x + noise", f"{show(x)} + {bracketed(noise)}", x + noise))
        return Told(x + noise, lines, (), {}, back, "noise training")
    factors = seen.again(np.ones_like(seen.x[0]))[0][seen.sample]
    factor = float(factors[place])
    if isinstance(layer, GaussianDropout):
        lines = (Line("x", "", "", x), Line("factor", "1 + sqrt(rate / (1 - rate)) z", "", factor),
                 Line("y", "x factor", f"{show(x)}*{show(factor)}", x * factor))
        return Told(x * factor, lines, (), {"factors": factors}, back, "noise training")
    m = float(factor != 0)
    scale = f"{show(x)}*{show(m)} / (1 - {show(layer.rate)})" if layer.rate < 1 else ""
    lines = (Line("x", "", "", x), Line("m", "1 with probability 1 - rate" if layer.rate < 1 else "0", "", m),
             Line("y", "x m / (1 - rate)" if layer.rate < 1 else "0", scale, x * factor))
    return Told(x * factor, lines, (), {"mask": factors != 0}, back, "dropout on" if m else "dropout off")


@read_by(Dropping, GaussianDropout, GaussianNoise)
def of_dropout_read(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The number itself."""
    return [out]
