"""Torch, plain: layers without weights, written in PyTorch: pooling, padding, merging, activations, rearranging, operators."""

from typing import Any

from nabi.models.code.torch_layers import activated, few, padded
from nabi.models.code.torch_writer import Value, turned, writes


def numbers(values: Any) -> str:
    """Numbers behind one another."""
    return ", ".join(map(str, values))


@writes(
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "ActivityRegularization", "Identity"
)
def _nothing(w, layer, values, shape):
    """What only varies training; a Dropout stays, so that the network can learn on."""
    if type(layer).__name__ != "Dropout":
        return values[0]
    return Value(f"F.dropout({values[0].text}, {layer.rate}, self.training)", shape, values[0].first)


@writes("Activation")
def _activation(w, layer, values, shape):
    x = values[0]
    return Value(activated(w, layer, layer.activation, x.text, x), shape, x.first)


@writes("ReLU")
def _relu(w, layer, values, shape):
    x, top = values[0], layer.max_value
    if layer.threshold or (top is not None and layer.negative_slope):
        raise w.refuse(layer, "a threshold, or a slope beside max_value")
    text = f"F.leaky_relu({x.text}, {layer.negative_slope})" if layer.negative_slope else f"F.relu({x.text})"
    return Value(text if top is None else f"{x.text}.clamp(0, {top:g})", shape, x.first)


@writes("LeakyReLU")
def _leaky_relu(w, layer, values, shape):
    return Value(f"F.leaky_relu({values[0].text}, {layer.negative_slope})", shape, values[0].first)


@writes("ELU")
def _elu(w, layer, values, shape):
    return Value(f"F.elu({values[0].text}, {layer.alpha})", shape, values[0].first)


@writes("Softmax")
def _softmax(w, layer, values, shape):
    if not isinstance(layer.axis, int):
        raise w.refuse(layer, f"axis={layer.axis}")
    x = values[0]
    return Value(f"F.softmax({x.text}, dim={x.axis if layer.axis == -1 else x.dim(layer.axis)})", shape, x.first)


@writes("MaxPooling1D", "MaxPooling2D")
def _max_pool(w, layer, values, shape):
    x, n = values[0], len(shape) - 2
    text, padding = padded(w, layer, x, x.channels_first, 'float("-inf")')
    return Value(f"F.max_pool{n}d({text}, {few(layer.pool_size)}{window(layer, padding)})", shape, True)


@writes("AveragePooling1D", "AveragePooling2D")
def _average_pool(w, layer, values, shape):
    x, n = values[0], len(shape) - 2
    text, padding = padded(w, layer, x, x.channels_first)
    if text != x.channels_first:  # added places are not counted
        size = f"{few(layer.pool_size)}{window(layer, padding)}"
        ones = text.replace(x.channels_first, f"torch.ones_like({x.channels_first}[:1, :1])", 1)
        return Value(f"F.avg_pool{n}d({text}, {size}) / F.avg_pool{n}d({ones}, {size})", shape, True)
    more = ", count_include_pad=False" if any(padding) else ""
    return Value(f"F.avg_pool{n}d({text}, {few(layer.pool_size)}{window(layer, padding)}{more})", shape, True)


def window(layer: Any, padding: tuple[int, ...]) -> str:
    """Stride and padding of a pooling, where they are not the usual ones."""
    stride = "" if tuple(layer.strides) == tuple(layer.pool_size) else f", stride={few(layer.strides)}"
    return stride + (f", padding={few(padding)}" if any(padding) else "")


@writes("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D")
def _global_pool(w, layer, values, shape):
    x, word = values[0], "mean" if "Average" in type(layer).__name__ else "amax"
    places = (2, 3) if len(x.shape) == 4 else (2,) if x.first else (1,)
    keep = ", keepdim=True" if layer.keepdims else ""
    axes = f"({numbers(places)})" if len(places) > 1 else str(places[0])
    if w.mask:
        steps = f"{w.mask}.unsqueeze(-1)"
        return Value(f"({x.channels_last} * {steps}).sum(1{keep}) / {steps}.sum(1{keep})", shape)
    return Value(f"{x.text}.{word}({axes}{keep})", shape, x.first and layer.keepdims)


@writes("Flatten")
def _flatten(w, layer, values, shape):
    return Value(f"{values[0].channels_last}.flatten(1)" if len(values[0].shape) > 2 else values[0].text, shape)


@writes("Reshape")
def _reshape(w, layer, values, shape):
    sizes = [-1 if n is None else n for n in shape[1:]]
    if sizes.count(-1) > 1:
        raise w.refuse(layer, f"a shape {shape} with several open sizes")
    return Value(f"{values[0].channels_last}.reshape(len({values[0].text}), {numbers(sizes)})", shape)


@writes("Permute")
def _permute(w, layer, values, shape):
    return Value(f"{values[0].channels_last}.permute(0, {numbers(layer.dims)})", shape)


@writes("RepeatVector")
def _repeat(w, layer, values, shape):
    return Value(f"{values[0].text}.unsqueeze(1).repeat(1, {layer.n}, 1)", shape)


@writes("ZeroPadding1D", "ZeroPadding2D")
def _zeros(w, layer, values, shape):
    flat = numbers(n for pair in reversed(layer.zeros) for n in pair)
    return Value(f"F.pad({values[0].channels_first}, ({flat}))", shape, True)


@writes("UpSampling1D", "UpSampling2D")
def _upsampling(w, layer, values, shape):
    x, bilinear = values[0], layer.interpolation == "bilinear"
    mode = ', mode="bilinear", align_corners=False' if bilinear else ""
    return Value(f"F.interpolate({x.channels_first}, scale_factor={few(layer.factors)}{mode})", shape, True)


@writes("Rescaling")
def _rescaling(w, layer, values, shape):
    x = values[0]

    def each(given: Any) -> str:
        if isinstance(given, (int, float)):
            return repr(given)
        tall = f".reshape(-1{', 1' * (len(shape) - 2)})" if x.first and len(shape) > 2 else ""
        return f"{x.text}.new_tensor({list(given)}){tall}"

    text = f"{x.text} * {each(layer.scale)}"
    return Value(f"{text} + {each(layer.offset)}" if not isinstance(layer.offset, (int, float)) or layer.offset else text, shape,
                 x.first)


def stretched(value: Value, rank: int, first: bool) -> str:
    """A tensor's text among others of `rank` axes; axes that it lacks behind the batch are 1."""
    missing = rank - len(value.shape)
    if not missing:
        return value.channels_first if first else value.channels_last
    if first and len(value.shape) == 2:
        return f"{value.text}[:, :{', None' * missing}]"
    return turned(f"{value.channels_last}[:{', None' * missing}]", rank, True) if first else (
        f"{value.channels_last}[:{', None' * missing}]")


@writes("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def _merged(w, layer, values, shape):
    first = max(values, key=lambda value: len(value.shape)).first
    texts = [stretched(value, len(shape), first) for value in values]
    kind = type(layer).__name__
    if kind in ("Maximum", "Minimum"):
        text = texts[0]
        for other in texts[1:]:
            text = f"torch.{kind.lower()}({text}, {other})"
    else:
        text = {"Add": " + ", "Subtract": " - ", "Multiply": " * ", "Average": " + "}[kind].join(texts)
        text = f"({text}) / {len(texts)}" if kind == "Average" else text
    return Value(text, shape, first)


@writes("Concatenate")
def _concatenated(w, layer, values, shape):
    first, rank = values[0].first, len(shape)
    axis = layer.axis % rank
    if first and rank > 2:
        axis = 1 if axis == rank - 1 else axis + 1
    texts = [value.channels_first if first else value.channels_last for value in values]
    return Value(f"torch.cat([{', '.join(texts)}], dim={axis})", shape, first)


SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "power": "**"}
SINGLE = ("exp", "log", "sqrt", "square", "abs", "tanh", "sigmoid", "sin", "cos", "relu")


@writes("Operation")
def _operation(w, layer, values, shape):
    """Operators on tensors of one order, and functions of one tensor."""
    first, name = values[0].first, layer.function
    if any(value.first != first for value in values) or layer.options:
        raise w.refuse(layer, f"ops.{name}")
    texts = [
        values[part["input"]].text
        if isinstance(part, dict) and "input" in part
        else f"({part!r})"
        if isinstance(part, (int, float)) and part < 0
        else repr(part)
        if isinstance(part, (int, float))
        else None
        for part in layer.arguments
    ]
    same = all(len(value.shape) == len(shape) for value in values)
    if None in texts or not same:
        raise w.refuse(layer, f"ops.{name}")
    if name in SIGNS and len(texts) == 2:
        return Value(f"{texts[0]} {SIGNS[name]} {texts[1]}", shape, first)
    if name in ("maximum", "minimum") and len(texts) == 2:
        number = next((part for part in layer.arguments if isinstance(part, (int, float))), None)
        if number is not None:
            tensor = next(text for text, part in zip(texts, layer.arguments, strict=True) if isinstance(part, dict))
            return Value(f"{tensor}.clamp({'min' if name == 'maximum' else 'max'}={number})", shape, first)
        return Value(f"torch.{name}({texts[0]}, {texts[1]})", shape, first)
    if name == "negative":
        return Value(f"-{texts[0]}", shape, first)
    if name in SINGLE:
        return Value(f"torch.{name}({texts[0]})", shape, first)
    raise w.refuse(layer, f"ops.{name}")
