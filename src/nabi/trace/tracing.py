"""Tracing: a model and its input, ready to be asked where any number came from.

    found = trace(model, x)
    found.at("conv2d", 0, 0, 3)                one number of a layer's output: row, column, channel
    found.field("conv2d_1", 4, 4, 0)           the places of the input that it sees

    found = trace(model, x, y)                 with the answers: the numbers of the next training step
    found.weight("conv2d", (1, 0, 0, 3))       a weight's gradient, and its step
    found.gradient("conv2d", 0, 0, 3)          a unit's gradient, from the layers that read it
"""

from functools import cached_property
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, StateError, UnknownName, did_you_mean
from nabi.core.numbers import flag
from nabi.layers import Layer
from nabi.models import Model
from nabi.trace import kinds  # noqa: F401  (enters the rules)
from nabi.trace.backward import Backward
from nabi.trace.field import SeenField, field_of
from nabi.trace.given import inputs_of
from nabi.trace.gradients import UnitStep, WeightStep
from nabi.trace.places import checked, within
from nabi.trace.run import Run
from nabi.trace.seen import Seen
from nabi.trace.telling import knows, tell
from nabi.trace.traced import Step


def trace(model: Any, x: Any, y: Any = None, *, training: bool | None = None, sample_weight: Any = None,
          class_weight: Any = None) -> "Trace":
    """Every number that a model computes for x, ready to be followed back.

    All numbers are computed in float64, from the model's weights: sums add up to the last digit, and a model in float32 agrees
    to its rounding. Nothing of the model changes, neither weights nor moving means nor the next random numbers. Ask before the
    model is trained on: weights are read when a question is asked.

    Args:
        model: a built model; with y, a compiled one.
        x: as for `predict`; also one sample without the batch axis, a picture's file, or a picture of another size or mode, which
            is prepared as the model's card says.
        y: targets, as for `train_on_batch`; the trace is then of the next training step on this batch.
        training: whether layers run as in training; by default only where y is given.
        sample_weight, class_weight: as in `train_on_batch`.

    Example:
        >>> import nabi, numpy as np
        >>> model = nabi.Sequential([nabi.Input((3, 3, 1)), nabi.layers.Conv2D(1, 2, kernel_initializer="ones", name="conv")])
        >>> step = nabi.trace(model, np.arange(9.0).reshape(1, 3, 3, 1)).at("conv", 1, 0, 0)
        >>> print(step.lines[0])
        sum = sum of x w = 3*1 + 4*1 + 6*1 + 7*1 = 20
        >>> step.arrays["window"][..., 0].tolist()
        [[3.0, 4.0], [6.0, 7.0]]

    Raises:
        ArgumentError: no model. StateError: it is not built, or y is given and it is not compiled. ShapeError: x does not fit.
    """
    if not isinstance(model, Model):
        raise ArgumentError("trace(model)", "a model", type(model).__name__)
    training = y is not None if training is None else flag("trace(training)", training)
    return Trace(model, x, y, training, sample_weight, class_weight)


class Trace:
    """A run of a model that can be asked.

    Args:
        model, x, y, training, sample_weight, class_weight: as of `trace`.

    Attributes:
        run: its numbers. `notes`: what was done to x.
        loss: the loss, where y was given.
    """

    def __init__(self, model: Any, x: Any, y: Any, training: bool, sample_weight: Any, class_weight: Any):
        self.model = model
        inputs, self.notes = inputs_of(model, x)
        self.backward: Backward | None = None
        if y is not None:
            self.backward = Backward(model, inputs, y, training, sample_weight, class_weight)
            self.run = self.backward.run
        else:
            self.run = Run(model, inputs, training)
        self.samples = len(inputs[0])

    @property
    def loss(self) -> float:
        """The loss of the batch."""
        return self.need().loss

    @cached_property
    def calls(self) -> dict[str, list[int]]:
        """The numbers of the calls of each layer, by its name."""
        found: dict[str, list[int]] = {}
        for number, call in enumerate(self.run.graph.calls):
            found.setdefault(call.layer.name, []).append(number)
        return found

    @cached_property
    def makers(self) -> dict[int, str]:
        """The layer that filled each slot."""
        return {slot: call.layer.name for call in self.run.graph.calls for slot in call.outputs}

    def at(self, layer: Any, *place: Any, sample: int = 0, use: int = 0, output: int = 0) -> Step:
        """How one number of a layer's output came about.

        Args:
            layer: its name, or the layer.
            place: row, column, channel; step, channel; unit: the number's place in the output of one sample.
            sample: of which sample.
            use: of a layer that is used several times, which of them.
            output: of a layer with several outputs, which of them.

        Raises:
            UnknownName: no such layer. ArgumentError: no such place, sample, use or output.
        """
        number, at = self.place(layer, place, sample, use, output)
        seen = Seen(self.run, number, sample)
        one: Any = seen.layer
        told = tell(one, seen, at, output) if knows(one) else tell.dispatch(object)(one, seen, at, output)
        sources = tuple(self.makers.get(slot, "") for slot in seen.call.inputs)
        return Step(**vars(told), layer=one.name, kind=type(one).__name__, place=at, sample=sample,
                    computed=float(seen.y[output][(sample, *at)]), sources=sources, training=seen.training, notes=self.notes)

    def field(self, layer: Any, *place: Any, use: int = 0, output: int = 0) -> SeenField:
        """The places of the input that a unit sees, exactly: through strides, dilation, branches, skips and borders.

        Args:
            layer, place, use, output: as in `at`.

        Raises: as `at`.
        """
        number, at = self.place(layer, place, 0, use, output)
        return field_of(self.run, number, at, output)

    def weight(self, layer: Any, index: Any = (), weight: str = "kernel") -> WeightStep:
        """How one weight's gradient came about, and the step that the optimizer makes with it.

        Args:
            layer: its name, the layer, or "layer/weight".
            index: its place in the weight, in Keras' shape: (row, column, channel in, filter).
            weight: which of the layer's weights.

        Raises:
            StateError: no y was given. UnknownName: no such layer or weight. ArgumentError: no such index.
        """
        if isinstance(layer, str) and layer not in self.calls:
            layer, _, part = layer.partition("/")
            weight = part or weight
        return self.need().weight(self.numbers(layer), weight, index)

    def gradient(self, layer: Any, *place: Any, sample: int = 0, use: int = 0, output: int = 0) -> UnitStep:
        """dL/d one number of a layer's output: the sum over all that read it of local derivative times their gradient.

        Args:
            layer, place, sample, use, output: as in `at`.

        Raises:
            StateError: no y was given; else as `at`.
        """
        backward = self.need()
        number, at = self.place(layer, place, sample, use, output)
        return backward.unit(number, at, sample, output)

    def chain(self, layer: Any, *place: Any, sample: int = 0, use: int = 0) -> list[UnitStep]:
        """The way of a gradient from the loss to a unit, layer by layer, told from the unit on: each time the largest product.

        Args:
            layer, place, sample, use: as in `at`.

        Example:
            >>> import nabi, numpy as np
            >>> model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(2, name="a"), nabi.layers.Dense(1, name="b")])
            >>> model.compile("sgd", loss="mse")
            >>> steps = nabi.trace(model, np.ones((1, 2)), np.zeros((1, 1))).chain("a", 0)
            >>> [step.layer for step in steps], steps[1].place
            (['a', 'b'], (0,))

        Raises: as `gradient`.
        """
        backward = self.need()
        number, at = self.place(layer, place, sample, use, 0)
        steps = [backward.unit(number, at, sample, 0)]
        while (lead := steps[-1].strongest) is not None:
            number, sample, at = lead
            rank = self.run.values[self.run.graph.calls[number].outputs[0]].ndim - 1
            steps.append(backward.unit(number, at[:rank], sample, 0))
        return steps

    def need(self) -> Backward:
        """The way back."""
        if self.backward is None:
            raise StateError("trace", "targets, for gradients", "none", "Write trace(model, x, y) with a compiled model.")
        return self.backward

    def numbers(self, layer: Any) -> list[int]:
        """Which calls of the flat graph use it; an unknown name is an error, and one that several layers have."""
        name = str(getattr(layer, "name", layer))
        found, calls = self.calls.get(name, []), self.run.graph.calls
        if isinstance(layer, Layer):
            found = [number for number in found if calls[number].layer is layer]
        if not found:
            raise UnknownName("trace(...).at(layer)", f"a layer of the model '{self.model.name}'", repr(name),
                              did_you_mean(name, self.calls))
        if len({id(calls[number].layer) for number in found}) > 1:
            raise ArgumentError("trace(...).at(layer)", "the name of one layer", f"'{name}', which layers of nested models share",
                                "Give the layer itself, such as model.get_layer('encoder').get_layer('dense').")
        return found

    def place(self, layer: Any, place: tuple, sample: int, use: int, output: int) -> tuple[int, tuple[int, ...]]:
        """The number of a call and the place in its output, both checked."""
        calls = self.numbers(layer)
        name = str(getattr(layer, "name", layer))
        within(f"trace: use of '{name}'", use, len(calls))
        call = self.run.graph.calls[calls[use]]
        within(f"trace: output of '{name}'", output, len(call.outputs))
        within("trace: sample", sample, self.samples)
        shape = tuple(self.run.values[call.outputs[output]].shape[1:])
        flat = place[0] if len(place) == 1 and isinstance(place[0], (tuple, list, np.ndarray)) else place
        return calls[use], checked(f"trace: place in '{name}'", flat, shape)
