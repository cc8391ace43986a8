"""Receptive fields against gradients: the pixels that move one output place are those the field names, place by place.

Weights and pixels are positive, so no influence cancels; averages stand for maxima, which pass on the gradient of one pixel only.
"""

import math

import numpy as np
import pytest
import torch

import nabi
from nabi import ops
from nabi.layers import (
    Activation,
    Add,
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dot,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GroupNormalization,
    L2Pooling2D,
    LayerNormalization,
    LeakyReLU,
    LocallyConnected2D,
    LocalResponseNormalization,
    Maximum,
    MaxPooling2D,
    Multiply,
    Permute,
    PReLU,
    Rescaling,
    Reshape,
    SeparableConv1D,
    SeparableConv2D,
    UnitNormalization,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding2D,
)
from nabi.models import receptive
from nabi.models.receptive import Axis, Branch
from nabi.models.rows import Walk, rows


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Thousands of tiny calls: a second thread would only be waited for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def chain(shape, *layers):
    return nabi.Sequential([nabi.Input(shape), *layers])


def lecture():
    return chain((28, 28, 1), Conv2D(3, 3), Conv2D(2, 3), AveragePooling2D(2), Dropout(0.25), Flatten(), Dense(4), Dense(2))


def strides():
    return chain((41, 41, 1), Conv2D(2, 5, strides=2, padding="same"), BatchNormalization(), Conv2D(2, 3, dilation_rate=2),
                 L2Pooling2D(3, strides=2), LeakyReLU(), Conv2D(2, 2, padding="same"))


def even_kernels():
    return chain((24, 24, 1), Conv2D(2, 2, padding="same"), Conv2D(2, 4, strides=3, padding="same"), Conv2D(2, 3, padding=2))


def not_square():
    return chain((20, 31, 1), Conv2D(2, (3, 5), strides=(2, 1)), AveragePooling2D((2, 3)), Conv2D(1, (1, 3), padding="same"))


def leftover():
    return chain((25, 27, 1), Conv2D(2, 3, padding="same"), AveragePooling2D(4), Rescaling(2.0), GlobalAveragePooling2D(),
                 Dense(3))


def residual():
    x = i = nabi.Input((21, 21, 1))
    x = Conv2D(2, 3, padding="same")(x)
    y = Conv2D(4, 3, padding="same")(Conv2D(2, 3, strides=2, padding="same", activation="relu")(x))
    x = Add()([Conv2D(4, 1, strides=2)(x), y])
    y = Conv2D(4, 3, padding="same")(x)
    return nabi.Model(i, Add()([x, y]))


def inception():
    i = nabi.Input((17, 17, 1))
    x = Conv2D(2, 3)(i)
    ways = [Conv2D(1, 1)(x), Conv2D(1, 3, padding="same")(x), Conv2D(1, 5, padding="same")(Conv2D(1, 1)(x)),
            AveragePooling2D(3, strides=1, padding="same")(x)]
    return nabi.Model(i, AveragePooling2D(2)(Concatenate()(ways)))


def off_centre():
    i = nabi.Input((16, 16, 1))
    x = Add()([Conv2D(1, 2, padding="same")(i), Conv2D(1, 3, padding="same")(i), Conv2D(1, 4, padding="same")(i)])
    return nabi.Model(i, Conv2D(1, 2)(x))


def drifting():
    """Branches with different jumps: what a place sees depends on where it is."""
    i = nabi.Input((10, 10, 1))
    x = Add()([AveragePooling2D(1, strides=3)(i), Conv2D(1, 3, strides=2)(i)])  # the last place: pixel 9 and pixels 6 to 8
    return nabi.Model(i, Conv2D(1, 2)(x))


def squeeze():
    i = nabi.Input((11, 11, 1))
    x = Conv2D(2, 3)(i)
    y = Conv2D(2, 1)(GlobalAveragePooling2D(keepdims=True)(x))
    return nabi.Model(i, Conv2D(1, 3)(Add()([x, y])))


def shared_and_nested():
    i = nabi.Input((16, 16, 2))
    conv = Conv2D(2, 3)
    inner = nabi.Sequential([nabi.Input((12, 12, 2)), Conv2D(2, 3, strides=2), Activation("relu")])
    return nabi.Model(i, inner(conv(conv(i))))


def two_inputs():
    a, b, c = nabi.Input((12, 12, 1)), nabi.Input((7, 5, 1)), nabi.Input((3,))
    x = Concatenate()([Flatten()(Conv2D(1, 3)(a)), Flatten()(Conv2D(1, 2, strides=2)(b)), Dense(2)(c)])
    return nabi.Model([a, b, c], Dense(2)(x))


def autoencoder():
    """Down and up again: places of a stretched map see one thing or another, by turns."""
    return chain((24, 24, 1), Conv2D(2, 3, strides=2, padding="same"), Conv2D(2, 3), Conv2DTranspose(2, 3),
                 Conv2DTranspose(2, 3, strides=2, padding="same"), Conv2D(2, 2), UpSampling2D((2, 3)),
                 Conv2D(2, 2, dilation_rate=2), AveragePooling2D((3, 2)), UpSampling2D(2, interpolation="bilinear"),
                 Conv2D(1, 3, strides=3), Flatten(), Dense(2))


def sparse_painting():
    """Kernels smaller than their strides leave places that see nothing."""
    return chain((9, 9, 1), Conv2DTranspose(2, (1, 2), strides=3, use_bias=False), Conv2D(1, 2, use_bias=False),
                 Conv2DTranspose(2, 4, strides=(2, 3), padding="same", output_padding=1), AveragePooling2D(2))


def depthwise():
    return chain((21, 17, 2), DepthwiseConv2D(3, strides=2, depth_multiplier=2), SeparableConv2D(3, (2, 3), padding="same"),
                 ZeroPadding2D(((1, 2), (0, 3))), Cropping2D(((0, 1), (2, 1))), LocallyConnected2D(2, 3, strides=2),
                 GlobalAveragePooling2D(keepdims=True), UpSampling2D(3))


def u_net():
    """A skip connection between maps of one jump that came about in two ways, and beside one of another."""
    i = nabi.Input((16, 16, 1))
    x = Conv2D(2, 3, padding="same")(i)
    y = UpSampling2D(2)(Conv2D(2, 3, padding="same")(AveragePooling2D(2)(x)))
    z = Conv2DTranspose(1, 2, strides=2)(Conv2D(2, 3, padding="same", strides=2)(x))
    return nabi.Model(i, Conv2D(1, 3)(Concatenate()([x, y, z, UpSampling2D(4)(AveragePooling2D(4)(i))])))


def sequences():
    return chain((30, 2), Conv1D(3, 3, padding="causal", dilation_rate=2), AveragePooling1D(2), SeparableConv1D(2, 3),
                 UpSampling1D(2), Conv1DTranspose(2, 4, strides=2, padding="same"), GlobalAveragePooling1D(), Dense(2))


def norms():
    """Norms along the channels leave fields as they are, along an axis of the map they make it whole, in groups both."""
    return chain((9, 11, 2), Conv2D(4, 3), LayerNormalization(), LocalResponseNormalization(), PReLU(), UnitNormalization(axis=2),
                 Conv2D(4, 2), LayerNormalization(axis=[1, 3]), Conv2D(4, 2), GroupNormalization(2), Conv2D(2, 3), Flatten(),
                 LayerNormalization())


def gate():
    """Squeeze and excitation: every place sees the whole picture through the gate; and the product of two vectors."""
    i = nabi.Input((9, 8, 2))
    x = Conv2D(3, 3)(i)
    vector = Dense(3)(GlobalAveragePooling2D()(x))
    y = Conv2D(2, 2)(Multiply()([x, vector]))
    return nabi.Model(i, [y, Dot(1)([Dense(3)(Flatten()(AveragePooling2D(4)(x))), vector]), Maximum()([Conv2D(3, 1)(x), x])])


def functions():
    """Functions of `ops` whose arguments tell what they read: an identity skip with zero maps, slices, means, channels."""
    i = nabi.Input((19, 23, 2))
    x = Conv2D(2, 3, strides=2)(i)
    x = Add()([Conv2D(3, 3, padding="same")(x), ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, 1)))])
    y = ops.pad(x, ((0, 0), (2, 1), (0, 3), (0, 0)))[:, 1:, -10::3, :2]
    y = Conv2D(2, 2)(ops.concatenate([y, y[..., 1:] * 2], axis=-1))
    return nabi.Model(i, y * ops.mean(y, axis=2, keepdims=True) + ops.sum(y, axis=(1, 2), keepdims=True))


NETS = [functions, norms, gate, lecture, strides, even_kernels, not_square, leftover, residual, inception, off_centre, drifting,
        squeeze, shared_and_nested, two_inputs, autoencoder, sparse_painting, depthwise, u_net, sequences]


def positive(model):
    """Float64 weights above 0; counted numbers as in a fresh network."""
    generator = np.random.default_rng(0)
    for weight in model.weights:
        weight.stored = weight.stored.double()
        if weight.trainable:
            weight.value.copy_(torch.from_numpy(generator.uniform(0.5, 1.5, weight.shape)))
    return model


def influence(model):
    """(slot, place, {input slot: [(first, last) of each axis]}, tensor's field) for some places of every tensor in the model."""
    graph = model.graph
    fields = Walk(graph, inputs_shown=False).fields
    generator = np.random.default_rng(1)
    xs = [torch.from_numpy(generator.uniform(1, 2, (1, *s.shape[1:]))).requires_grad_() for s in graph.inputs]
    values = dict(zip(graph.input_slots, xs, strict=True))
    for call in graph.calls:
        values[call.outputs[0]] = made = call.layer.run([values[slot] for slot in call.inputs], False)
        sizes = made.shape[1:-1] if made.ndim > 2 else made.shape[1:]
        turn = max((b.kinds for axes in fields[call.outputs[0]].values() for axis in axes for b in axis.branches), default=1)
        places = {tuple(int(share * (n - 1)) for n, share in zip(sizes, shares, strict=False))
                  for shares in ((0, 0), (0.5, 0.5), (1, 1), (0, 1), (0.3, 0.7))}
        places |= {tuple(min(n // 3 + kind, n - 1) for n in sizes) for kind in range(1, turn)}  # every kind of place
        for place in places:
            gradients = torch.autograd.grad(made[(0, *place)].sum(), xs, retain_graph=True, allow_unused=True)
            seen = {}
            for slot, gradient in zip(graph.input_slots, gradients, strict=True):
                if gradient is not None and gradient.ndim > 2:
                    hit = (gradient[0] != 0).any(-1)
                    axes = [hit.any(tuple(j for j in range(hit.ndim) if j != i)).nonzero().flatten() for i in range(hit.ndim)]
                    if len(axes[0]):
                        seen[slot] = [(int(axis[0]), int(axis[-1])) for axis in axes]
            yield call, place, seen, fields[call.outputs[0]]


def faults(model) -> list[str]:
    """Where gradients and fields disagree; a place at the edge must see no more than what is left of its field."""
    found = []
    for call, place, seen, field in influence(model):
        for slot, axes in seen.items():
            for i, (axis, (first, last)) in enumerate(zip(field[slot], axes, strict=True)):
                if axis.unit is not None:
                    right = last - first + 1 <= axis.size
                else:
                    low, high = axis.ends(min(place[i], axis.places - 1) if len(place) == len(axes) else 0)
                    inside = low >= 0 and high < axis.pixels
                    cut = max(low, 0) <= first and last <= min(high, axis.pixels - 1)
                    right = (first, last) == (low, high) if inside else cut
                if not right:
                    found.append(f"{call.layer.name} {place} axis {i}: sees {first}-{last}, field {axis}")
    return found


@pytest.mark.parametrize("net", NETS)
def test_fields_are_what_gradients_reach(net):
    assert faults(positive(net())) == []


@pytest.mark.parametrize("net", NETS)
def test_the_size_is_the_most_that_any_place_sees(net):
    """Every size in the table is reached by some place, where the picture is large enough for it."""
    model = positive(net())
    most: dict[int, list[list[int]]] = {}
    fields = {}
    for call, _, seen, field in influence(model):
        number = next((n for n, axes in field.items() if axes is field.largest), None)
        if number in seen:
            most.setdefault(id(call), []).append([last - first + 1 for first, last in seen[number]])
            fields[id(call)] = field.largest
    for key, spans in most.items():
        for axis, reached in zip(fields[key], zip(*spans, strict=True), strict=True):
            map_ = axis.unit or axis
            assert max(reached) == axis.size or map_.ends(0)[0] < 0 or map_.ends((map_.places or 1) - 1)[1] >= axis.pixels


def test_mutated_rules_are_found(monkeypatch):
    def jump_before_stride(self, span, stride, before, places, step):
        return Axis(self.pixels, places, tuple(
            Branch((a - before * jump,), (b - before * jump + (span - 1) * jump * stride,), jump * stride)
            for (a,), (b,), jump in self.branches))

    def no_padding(self, span, stride, before, places, step):
        return Axis(self.pixels, places, tuple(Branch((a,), (b + (span - 1) * jump,), jump * stride)
                                               for (a,), (b,), jump in self.branches))

    for rule in (jump_before_stride, no_padding):
        with monkeypatch.context() as patch:
            patch.setattr(Axis, "window", rule)
            assert faults(positive(strides()))
    right = receptive.reads_of
    for first, last in ((0, 1), (1, 0)):  # one place too many at either end
        with monkeypatch.context() as patch:
            patch.setattr(receptive, "reads_of", lambda layer, i: lambda place: (
                right(layer, i)(place)[0] - first, right(layer, i)(place)[1] + last))  # noqa: B023
            assert all(faults(positive(net())) for net in (autoencoder, u_net, sequences))
    monkeypatch.setattr(receptive, "union", lambda axes, places, vector: axes[-1])
    assert faults(positive(drifting()))


def text_of(model) -> dict[str, tuple[str, str]]:
    return {row.layer.name: (row.sees.text, row.sees.jump_text) for top in rows(model) for row in top.walk() if row.sees}


def test_the_lecture_network():
    model = chain((28, 28, 1), Conv2D(32, 3, name="c1"), Conv2D(64, 3, name="c2"), MaxPooling2D(2, name="pool"),
                  Flatten(name="flat"), Dense(128, name="d1"), Dense(10, name="d2"))
    assert text_of(model) == {"c1": ("3x3", "1"), "c2": ("5x5", "1"), "pool": ("6x6", "2"), "flat": ("6x6", ""),
                              "d1": ("whole", ""), "d2": ("whole", "")}


def test_published_fields():
    """VGG16's last pool sees 212x212 at jump 32, AlexNet's 195x195 (Araujo et al., table 1)."""
    alex = [Conv2D(4, 11, strides=4, padding=2), MaxPooling2D(3, strides=2), Conv2D(4, 5, padding="same"),
            MaxPooling2D(3, strides=2), *(Conv2D(4, 3, padding="same") for _ in range(3)), MaxPooling2D(3, strides=2, name="end")]
    vgg = []
    for number, convolutions in enumerate((2, 2, 3, 3, 3)):
        vgg += [Conv2D(4, 3, padding="same") for _ in range(convolutions)]
        vgg.append(MaxPooling2D(2, name="end" if number == 4 else None))
    assert text_of(chain((224, 224, 3), *vgg))["end"] == ("212x212", "32")
    assert text_of(chain((224, 224, 3), *alex))["end"] == ("195x195", "32")


def test_small_kernels_see_as_much_as_large_ones():
    """Two 3x3 see what one 5x5 sees, three what one 7x7 sees."""
    for kernel, count in ((5, 2), (7, 3)):
        small = chain((9, 9, 1), *(Conv2D(1, 3, name=f"k{i}") for i in range(count)))
        assert text_of(small)[f"k{count - 1}"] == text_of(chain((9, 9, 1), Conv2D(1, kernel, name="one")))["one"]


def test_unknown_sizes_and_layers():
    class Turn(nabi.Layer):
        """Height and width change places."""

        def call(self, x):
            return x.transpose(1, 2)

        def compute_output_shape(self, input_shape):
            return (input_shape[0], input_shape[2], input_shape[1], input_shape[3])

    open_size = chain((None, None, 1), Conv2D(2, 3, name="c"), UpSampling2D((2, 3), name="u"), Conv2D(2, 3, name="e"),
                      GlobalAveragePooling2D(name="g"), Dense(2, name="d"))
    assert text_of(open_size) == {"c": ("3x3", "1"), "u": ("3x3", "1/2x1/3"), "e": ("4x4", "1/2x1/3"), "g": ("whole", ""),
                                  "d": ("whole", "")}
    turned = rows(chain((5, 6, 1), Turn(), Conv2D(1, 3)))
    assert [row.sees for row in turned] == [None, None]
    assert rows(chain((8,), Dense(3)))[0].sees == {}
    decoder = rows(chain((8,), Dense(36), Reshape((3, 3, 4)), Conv2DTranspose(2, 3, strides=2)))
    assert [row.sees for row in decoder] == [{}, {}, {}], "no input has places"
    for first in (Reshape((28, 28, 1)), Permute((2, 1))):
        kind = "3x3" if isinstance(first, Reshape) else None
        found = rows(chain((784,) if kind else (28, 28), first, (Conv2D if kind else Conv1D)(2, 3)))[1].sees
        assert (None if found is None else found.text) == kind
    image = nabi.Input((None, 8, 2))
    unknown = [image[:, -3:], ops.flip(image, 1), ops.transpose(image, (0, 2, 1, 3)), ops.pad(image, 1, mode="reflect"),
               image[:, 0], image[:, ::2, 1], ops.take(image, ops.argmax(image, 1), -1), ops.sum(image, axis=1)]
    found = rows(nabi.Model(image, unknown))
    assert [row.sees for row in found[1:] if row.sees is not None] == []
    vector = rows(nabi.Model(image, ops.mean(image, axis=[1, 2])))[-1].sees
    assert vector is not None and vector.text == "whole"
    assert math.isinf(Axis(None, None, (Branch.of(0, 3, 1),)).all().size)
