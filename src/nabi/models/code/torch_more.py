"""Torch, more: normalisation by groups and by length, products of two inputs, masking, cropping, scales of branches."""

import numpy as np

from nabi.core.config import config
from nabi.models.code.torch_layers import padded, weights_of
from nabi.models.code.torch_plain import few, numbers, window
from nabi.models.code.torch_writer import Value, writes


@writes("GroupNormalization")
def _group_norm(w, layer, values, shape):
    x, arrays, channels = values[0], weights_of(layer), shape[-1]
    if layer.axis not in (-1, len(shape) - 1):
        raise w.refuse(layer, f"axis={layer.axis}")
    groups = channels if layer.groups == -1 else layer.groups
    state = {"weight": arrays.get("gamma", np.ones(channels, "float32")),
             "bias": arrays.get("beta", np.zeros(channels, "float32"))}
    text = w.module(layer, f"nn.GroupNorm({groups}, {channels}, eps={layer.epsilon:g})", state)
    return Value(f"{text}({x.channels_first})", shape, len(shape) > 2)


@writes("UnitNormalization")
def _unit_norm(w, layer, values, shape):
    x = values[0]
    dims = [x.dim(axis) for axis in (layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis])]
    return Value(f"F.normalize({x.text}, dim={dims[0] if len(dims) == 1 else tuple(dims)})", shape, x.first)


@writes("Dot")
def _dot(w, layer, values, shape):
    """The product by einsum: letters for the axes of both, the summed one in common."""
    shapes = [value.shape for value in values]
    i, j = layer.placed(shapes)
    letters = iter("bcdefgh")
    one, other = (["s" if axis == place else next(letters) for axis in range(1, len(s))]
                  for s, place in zip(shapes, (i, j), strict=True))
    left = "".join(letter for letter in (*one, *other) if letter != "s")
    texts = [f"F.normalize({v.channels_last}, dim={place}, eps={config.epsilon:g})" if layer.normalize else v.channels_last
             for v, place in zip(values, (i, j), strict=True)]
    text = f'torch.einsum("a{"".join(one)},a{"".join(other)}->a{left}", {", ".join(texts)})'
    return Value(text if left else f"{text}.unsqueeze(1)", shape)


@writes("Masking")
def _masking(w, layer, values, shape):
    x = values[0].channels_last
    return Value(f"{x} * ({x} != {layer.mask_value!r}).any(-1, keepdim=True)", shape)


@writes("Cropping1D", "Cropping2D")
def _cropping(w, layer, values, shape):
    x = values[0]
    ends = ", ".join(f"{before or ''}:{-after if after else ''}" for before, after in layer.cuts)
    return Value(f"{x.channels_first}[:, :, {ends}]", shape, True)


@writes("LayerScale")
def _layer_scale(w, layer, values, shape):
    x, (gamma,) = values[0], weights_of(layer).values()
    tall = (len(gamma), *(1,) * (len(shape) - 2)) if x.first else (len(gamma),)
    name = w.name(layer)
    if w.first_met(layer):
        w.made.append(f"self.{name} = nn.Parameter(torch.ones({numbers(tall)}))")
        w.state[name] = gamma.reshape(tall)
    return Value(f"{x.text} * self.{name}", shape, x.first)


@writes("CustomScaleLayer")
def _scaled_sum(w, layer, values, shape):
    first = values[0].first
    a, b = (value.channels_first if first else value.channels_last for value in values)
    return Value(f"{a} + {b} * {layer.scale!r}", shape, first)


@writes("LocalResponseNormalization")
def _local_response(w, layer, values, shape):
    x, alpha = values[0], layer.alpha * layer.size  # which torch divides by the size
    if not layer.size % 2:
        raise w.refuse(layer, f"an even size, {layer.size}")
    given = f"{layer.size}, alpha={alpha!r}, beta={layer.beta!r}, k={layer.k!r}"
    return Value(f"F.local_response_norm({x.channels_first}, {given})", shape, True)


@writes("L2Pooling2D")
def _l2_pool(w, layer, values, shape):
    x = values[0]
    text, padding = padded(w, layer, x, x.channels_first)
    given = f"{few(layer.pool_size)}{window(layer, padding)}, divisor_override=1"
    return Value(f"F.avg_pool2d({text}.square(), {given}).sqrt()", shape, True)
