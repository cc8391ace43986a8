"""Torch layers: how each layer of Keras is written in PyTorch, and what becomes of its weights.

Dense            kernel (in, out)            -> Linear.weight (out, in)
Conv2D           kernel (kH, kW, in, out)    -> Conv2d.weight (out, in, kH, kW)
Conv2DTranspose  kernel (kH, kW, out, in)    -> ConvTranspose2d.weight (in, out, kH, kW)
DepthwiseConv2D  kernel (kH, kW, in, m)      -> Conv2d(groups=in).weight (in m, 1, kH, kW)
LSTM             kernel, recurrent (n, 4u)   -> weight_ih_l0, weight_hh_l0 (4u, n): the same order of gates, i, f, c, o
GRU              z, r, h                     -> r, z, n
"""

from typing import Any

import numpy as np

from nabi import activations
from nabi.core.errors import NabiError
from nabi.models.code.torch_writer import TorchWriter, Value, writes

ACTIVATIONS = {
    "linear": "{x}", "relu": "F.relu({x})", "sigmoid": "torch.sigmoid({x})", "tanh": "torch.tanh({x})", "elu": "F.elu({x})",
    "softmax": "F.softmax({x}, dim={dim})", "log_softmax": "F.log_softmax({x}, dim={dim})", "selu": "F.selu({x})",
    "gelu": "F.gelu({x})", "silu": "F.silu({x})", "swish": "F.silu({x})", "softplus": "F.softplus({x})", "mish": "F.mish({x})",
    "softsign": "F.softsign({x})", "exponential": "torch.exp({x})", "relu6": "F.relu6({x})", "hard_sigmoid": "F.hardsigmoid({x})",
    "older_hard_sigmoid": "torch.clamp(0.2 * {x} + 0.5, 0, 1)",
    "hard_silu": "F.hardswish({x})", "hard_swish": "F.hardswish({x})", "leaky_relu": "F.leaky_relu({x}, 0.2)",
    "log_sigmoid": "F.logsigmoid({x})", "square": "torch.square({x})",
}  # fmt: skip


def weights_of(layer: Any) -> dict[str, np.ndarray]:
    """A layer's own weights by name."""
    return {weight.name: weight.numpy() for weight in layer.own_weights}


def few(values: Any) -> str:
    """A number for equal sizes, else a tuple."""
    values = tuple(values)
    return repr(values[0] if len(set(values)) == 1 else values)


def activated(w: TorchWriter, layer: Any, function: Any, text: str, value: Value) -> str:
    """A text with an activation around it."""
    try:
        name = activations.serialize(function)
    except NabiError:
        name = None
    if name not in ACTIVATIONS:
        raise w.refuse(layer, f"the activation {getattr(function, '__name__', function)!r}")
    return ACTIVATIONS[name].format(x=text, dim=value.axis)


def padded(w: TorchWriter, layer: Any, x: Value, text: str, value: str = "0") -> tuple[str, tuple[int, ...]]:
    """The input with what "same" adds where the two sides differ; and what torch's own padding adds."""
    sizes = x.shape[1:-1]
    if None in sizes and layer.padding == "same" and any(s > 1 for s in layer.strides):
        raise w.refuse(layer, 'padding="same" on pictures of unknown size')
    pads = layer.pads(tuple(64 if n is None else n for n in sizes))
    if all(before == after for before, after in pads):
        return text, tuple(before for before, _ in pads)
    flat = ", ".join(str(n) for pair in reversed(pads) for n in pair)
    return f"F.pad({text}, ({flat}){'' if value == '0' else f', value={value}'})", (0,) * len(sizes)


def options(**given: Any) -> str:
    """Arguments that differ from torch's defaults."""
    plain = {"stride": "1", "padding": "0", "dilation": "1", "groups": 1, "bias": True}
    return "".join(f", {key}={value}" for key, value in given.items() if plain.get(key) != value)


@writes("Dense")
def _dense(w, layer, values, shape):
    x, arrays = values[0], weights_of(layer)
    state = {"weight": arrays["kernel"].T, **({"bias": arrays["bias"]} if layer.use_bias else {})}
    text = w.module(layer, f"nn.Linear({x.shape[-1]}, {layer.units}{options(bias=layer.use_bias)})", state)
    made = Value(f"{text}({x.channels_last})", shape)
    return Value(activated(w, layer, layer.activation, made.text, made), shape)


@writes("Conv1D", "Conv2D")
def _convolution(w, layer, values, shape):
    x, arrays, n = values[0], weights_of(layer), len(shape) - 2
    text, padding = padded(w, layer, x, x.channels_first)
    kernel = arrays["kernel"].transpose(n + 1, n, *range(n))
    state = {"weight": kernel, **({"bias": arrays["bias"]} if layer.use_bias else {})}
    given = options(
        stride=few(layer.strides),
        padding=few(padding),
        dilation=few(layer.dilation_rate),
        groups=layer.groups,
        bias=layer.use_bias,
    )
    made = w.module(layer, f"nn.Conv{n}d({x.shape[-1]}, {layer.filters}, {few(layer.kernel_size)}{given})", state)
    made = Value(f"{made}({text})", shape, True)
    return Value(activated(w, layer, layer.activation, made.text, made), shape, True)


def by_channel(kernel: np.ndarray) -> np.ndarray:
    """A depthwise kernel (k..., in, m) as torch has it: (in m, 1, k...)."""
    n = kernel.ndim - 2
    return kernel.transpose(n, n + 1, *range(n)).reshape(-1, 1, *kernel.shape[:n])


@writes("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")
def _depthwise(w, layer, values, shape):
    x, arrays, n = values[0], weights_of(layer), len(shape) - 2
    separable = "pointwise_kernel" in arrays
    kernel = arrays["depthwise_kernel"] if "depthwise_kernel" in arrays else arrays["kernel"]
    text, padding = padded(w, layer, x, x.channels_first)
    bias = layer.use_bias and not separable
    given = options(
        stride=few(layer.strides), padding=few(padding), dilation=few(layer.dilation_rate), groups=x.shape[-1], bias=bias
    )
    wide = x.shape[-1] * kernel.shape[-1]
    state = {"weight": by_channel(kernel), **({"bias": arrays["bias"]} if bias else {})}
    name = f"nn.Conv{n}d({x.shape[-1]}, {wide}, {few(kernel.shape[:n])}{given})"
    made = f"{w.module(layer, name, state, '_depthwise' if separable else '')}({text})"
    if separable:
        state = {"weight": arrays["pointwise_kernel"].transpose(n + 1, n, *range(n))}
        state.update({"bias": arrays["bias"]} if layer.use_bias else {})
        point = f"nn.Conv{n}d({wide}, {shape[-1]}, 1{options(bias=layer.use_bias)})"
        made = f"{w.module(layer, point, state, '_pointwise')}({made})"
    value = Value(made, shape, True)
    return Value(activated(w, layer, layer.activation, made, value), shape, True)


@writes("Conv1DTranspose", "Conv2DTranspose")
def _transposed(w, layer, values, shape):
    x, arrays, n = values[0], weights_of(layer), len(shape) - 2
    cuts = layer.cuts()
    both = [max(min(cut), 0) for cut in cuts]
    more = [max(-after, 0) for _, after in cuts]
    left = [(before - b, max(after - b, 0)) for (before, after), b in zip(cuts, both, strict=True)]
    state = {"weight": arrays["kernel"].transpose(n + 1, n, *range(n)), **({"bias": arrays["bias"]} if layer.use_bias else {})}
    given = options(stride=few(layer.strides), padding=few(both), dilation=few(layer.dilation_rate), bias=layer.use_bias)
    given += f", output_padding={few(more)}" if any(more) else ""
    name = f"nn.ConvTranspose{n}d({x.shape[-1]}, {layer.filters}, {few(layer.kernel_size)}{given})"
    made = f"{w.module(layer, name, state)}({x.channels_first})"
    if any(any(pair) for pair in left):
        ends = ", ".join(f"{a or ''}:{-b if b else ''}" for a, b in left)
        made += f"[:, :, {ends}]"
    return Value(activated(w, layer, layer.activation, made, Value(made, shape, True)), shape, True)


@writes("BatchNormalization")
def _batch_norm(w, layer, values, shape):
    x, arrays, channels = values[0], weights_of(layer), shape[-1]
    if layer.axis not in (-1, len(shape) - 1):
        raise w.refuse(layer, f"axis={layer.axis}")
    ones, zeros = np.ones(channels, "float32"), np.zeros(channels, "float32")
    state = {
        "weight": arrays.get("gamma", ones),
        "bias": arrays.get("beta", zeros),
        "running_mean": arrays["moving_mean"],
        "running_var": arrays["moving_variance"],
        "num_batches_tracked": np.asarray(0, "int64"),
    }
    n = {2: 1, 3: 1, 4: 2}[len(shape)]
    name = f"nn.BatchNorm{n}d({channels}, eps={layer.epsilon:g}, momentum={1 - layer.momentum:.6g})"
    return Value(f"{w.module(layer, name, state)}({x.channels_first})", shape, len(shape) > 2)


@writes("Normalization")
def _normalization(w, layer, values, shape):
    x, channels = values[0], shape[-1]
    if layer.kept(len(shape)) != (len(shape) - 1,):
        raise w.refuse(layer, f"axis={layer.axis}")
    arrays = weights_of(layer)
    mean, variance = (arrays["mean"], arrays["variance"]) if arrays else (layer.mean, layer.variance)
    tall = (channels, *(1,) * (len(shape) - 2)) if x.first else (channels,)
    name, new = w.name(layer), w.first_met(layer)
    sigma = np.maximum(np.sqrt(np.broadcast_to(variance, (channels,))), 1e-7)
    for word, array in (("mean", np.broadcast_to(mean, (channels,))), ("deviation", sigma)) if new else ():
        w.made.append(f'self.register_buffer("{name}_{word}", torch.zeros({", ".join(map(str, tall))}))')
        w.state[f"{name}_{word}"] = np.asarray(array, "float32").reshape(tall)
    mean, sigma = f"self.{name}_mean", f"self.{name}_deviation"
    return Value(f"{mean} + {x.text} * {sigma}" if layer.invert else f"({x.text} - {mean}) / {sigma}", shape, x.first)


@writes("LayerNormalization")
def _layer_norm(w, layer, values, shape):
    x, arrays, channels = values[0], weights_of(layer), shape[-1]
    if layer.axis not in (-1, [-1], (-1,), len(shape) - 1) or layer.rms_scaling:
        raise w.refuse(layer, f"axis={layer.axis}")
    state = {
        "weight": arrays.get("gamma", np.ones(channels, "float32")),
        "bias": arrays.get("beta", np.zeros(channels, "float32")),
    }
    return Value(f"{w.module(layer, f'nn.LayerNorm({channels}, eps={layer.epsilon:g})', state)}({x.channels_last})", shape)


@writes("PReLU")
def _prelu(w, layer, values, shape):
    (alpha,) = weights_of(layer).values()
    if alpha.size != shape[-1]:
        raise w.refuse(layer, "a slope for each place; shared_axes=[1, 2] has one for each channel")
    x = values[0]
    return Value(
        f"{w.module(layer, f'nn.PReLU({shape[-1]})', {'weight': alpha.ravel()})}({x.channels_first})", shape, len(shape) > 2
    )


@writes("Embedding")
def _embedding(w, layer, values, shape):
    (table,) = weights_of(layer).values()
    text = w.module(layer, f"nn.Embedding({layer.input_dim}, {layer.output_dim})", {"weight": table})
    return Value(f"{text}({values[0].channels_last}.long())", shape)


MASKED_STEPS = '''def masked(rnn, x, keep):
    """The outputs of a recurrent layer; a step that the mask leaves out keeps the state and repeats the output."""
    state, outputs = None, []
    for t in range(x.shape[1]):
        new = rnn(x[:, t : t + 1], state)[1]
        new = new if isinstance(new, tuple) else (new,)
        old = (None,) * len(new) if state is None else state if isinstance(state, tuple) else (state,)
        new = [torch.where(keep[None, :, t, None], a, torch.zeros_like(a) if b is None else b) for a, b in zip(new, old)]
        outputs.append(new[0][0])
        state = tuple(new) if len(new) > 1 else new[0]
    return torch.stack(outputs, 1)'''


@writes("SimpleRNN", "LSTM", "GRU")
def _recurrent(w, layer, values, shape):
    return Value(run(w, layer, layer, values, "", bool(layer.go_backwards)), shape)


def run(w: TorchWriter, owner: Any, layer: Any, values: list[Value], ending: str, backwards: bool) -> str:
    """The text of a recurrent layer on a sequence."""
    kind, cell = type(layer).__name__, layer.cell
    usual = {"LSTM": ("tanh", "sigmoid"), "GRU": ("tanh", "sigmoid"), "SimpleRNN": ("tanh",)}[kind]
    used = tuple(activations.serialize(getattr(cell, key)) for key in ("activation", "recurrent_activation")[: len(usual)])
    plain_relu = kind == "SimpleRNN" and used == ("relu",)
    if len(values) > 1 or layer.return_state or layer.stateful or (used != usual and not plain_relu):
        raise w.refuse(owner, f"states or activations of its own: {', '.join(used)}")
    if kind == "GRU" and not cell.reset_after:
        raise w.refuse(owner, "reset_after=False, which torch's GRU does not have")
    arrays, x = weights_of(cell), values[0]
    units, features = arrays["recurrent_kernel"].shape[0], x.shape[-1]
    gates = arrays["kernel"].shape[1] // units
    order = [1, 0, 2] if kind == "GRU" else list(range(gates))

    def arranged(array: np.ndarray) -> np.ndarray:
        parts = np.split(array, gates, axis=-1)
        return np.concatenate([parts[gate] for gate in order], axis=-1)

    bias = arrays.get("bias", np.zeros(gates * units, "float32"))
    inner, outer = (bias, np.zeros_like(bias)) if bias.ndim == 1 else (bias[0], bias[1])
    state = {
        "weight_ih_l0": arranged(arrays["kernel"]).T,
        "weight_hh_l0": arranged(arrays["recurrent_kernel"]).T,
        "bias_ih_l0": arranged(inner),
        "bias_hh_l0": arranged(outer),
    }
    name = {"SimpleRNN": "RNN"}.get(kind, kind)
    more = ', nonlinearity="relu"' if plain_relu else ""
    text, turn = w.module(owner, f"nn.{name}({features}, {units}, batch_first=True{more})", state, ending), ".flip(1)" * backwards
    made = f"{text}({x.channels_last}{turn})[0]"
    if w.mask:
        w.helpers["masked"] = MASKED_STEPS
        made = f"masked({text}, {x.channels_last}{turn}, {w.mask}{turn})"
        made = f"({made} * {w.mask}{turn}.unsqueeze(-1))" if layer.zero_output_for_mask else made
    return made if layer.return_sequences else f"{made}[:, -1]"


@writes("Bidirectional")
def _bidirectional(w, layer, values, shape):
    forward = run(w, layer, layer.forward_layer, values, "_forward", False)
    backward = run(w, layer, layer.backward_layer, values, "_backward", True)
    backward += ".flip(1)" if layer.return_sequences else ""
    joined = {"concat": "torch.cat([{f}, {b}], dim=-1)", "sum": "{f} + {b}", "mul": "{f} * {b}", "ave": "({f} + {b}) / 2"}
    if layer.merge_mode not in joined:
        raise w.refuse(layer, "merge_mode=None")
    return Value(joined[layer.merge_mode].format(f=forward, b=backward), shape)


@writes("TimeDistributed")
def _time_distributed(w, layer, values, shape):
    if type(layer.layer).__name__ not in ("Dense", "Activation", "Dropout"):
        raise w.refuse(layer, f"TimeDistributed({type(layer.layer).__name__})")
    from nabi.models.code.torch_writer import LAYERS

    return LAYERS[type(layer.layer).__name__](w, layer.layer, values, shape)
