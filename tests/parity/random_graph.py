"""Random graph: the layers of a random network and how they hang together, built in nabi or in Keras; see `random_models`."""

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Given:
    """One input: what its samples are."""

    name: str
    shape: tuple[int, ...]
    kind: str = "normal"  # or "tokens", "bytes", "padded" (some time steps are `fill`, some OTHER)
    fill: float = 0.0


@dataclass(frozen=True)
class Step:
    """One call: of a layer, by number, on values, by number."""

    layer: int
    reads: tuple[int, ...]
    many: bool = False  # a list of tensors
    state: bool = False  # values behind the first are its initial_state


@dataclass
class Graph:
    """A network: inputs, layers, calls; values are numbered, inputs first."""

    given: list[Given]
    layers: list[Any] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    form: str = "functional"  # or "Input", "InputLayer", "input_shape", "late": a Sequential and how it learns of its input
    batch: int | None = None
    name: str = "network"
    trainable: bool = True

    def of(self, lib) -> Any:
        """The network in a library."""
        if self.form != "functional":
            return self.chain(lib)
        kinds = {"batch_shape": (self.batch,)} if self.batch else {}
        symbols = [lib.Input(**({"batch_shape": (self.batch, *g.shape)} if kinds else {"shape": g.shape}), name=g.name,
                             **({"dtype": "int32"} if g.kind == "tokens" else {})) for g in self.given]
        made = [layer.of(lib) for layer in self.layers]
        for step in self.steps:
            symbols += called(made[step.layer], [symbols[i] for i in step.reads], step)
        ends = [symbols[i] for i in self.outputs]
        model = lib.Model(symbols[:len(self.given)] if len(self.given) > 1 else symbols[0], ends if len(ends) > 1 else ends[0],
                          name=self.name)
        return self.frozen(model)

    def frozen(self, model: Any) -> Any:
        """The model, frozen if need be (given to Keras' constructor, trainable=False freezes nothing)."""
        if not self.trainable:
            model.trainable = False
        return model

    def chain(self, lib) -> Any:
        first, shape = self.layers[0], self.given[0].shape
        head = {"Input": lambda: [lib.Input(shape)], "InputLayer": lambda: [lib.layers.InputLayer(shape=shape)]}
        layers = head.get(self.form, list)()
        given = first if self.form != "input_shape" else replace(first, args={**first.args, "input_shape": shape})
        model = lib.Sequential([*layers, *(layer.of(lib) for layer in [given, *self.layers[1:]])], name=self.name)
        if self.form == "late":
            model.build((None, *shape))
        return self.frozen(model)


def called(layer: Any, values: list, step: Step) -> list:
    """What a call gives, as a list."""
    if step.state:
        made = layer(values[0], initial_state=values[1:])
    else:
        made = layer(values if step.many else values[0])
    return list(made) if isinstance(made, (list, tuple)) else [made]
