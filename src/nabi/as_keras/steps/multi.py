"""Several optimizers: each weight learns by the one that its path names.

    MultiOptimizer(OptimizerMap(SGD(0.1), {"encoder/.*": Adam()}))

A path is looked for as it is written, then as a pattern for the whole of it; what no pattern fits goes to the default. Each
optimizer steps on spans of its own, whose memory lies in that of the trainer's spans.
Source: Keras 3, optimizers/multi_optimizer.py.
"""

import copy
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import torch

from nabi import optimizers
from nabi.core.errors import ArgumentError, StateError
from nabi.optimizers import Optimizer, Span

WHOLE = ("use_ema", "gradient_accumulation_steps")  # what an optimizer of a part cannot do


class OptimizerMap(MutableMapping):
    """Optimizers by paths of weights.

    Args:
        default_optimizer: of weights that no pattern fits.
        optimizer_map: {path or pattern: optimizer}.

    Example:
        >>> chosen = OptimizerMap(optimizers.SGD(), {"encoder/.*": optimizers.Adam()})
        >>> chosen["encoder/dense/kernel"].name, chosen["decoder/dense/kernel"].name
        ('adam', 'sgd')

    Raises ArgumentError: no optimizer, a key that is there already, several patterns for one path.
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None):
        self.default_optimizer = checked(default_optimizer)
        self.by_path: dict[str, Optimizer] = {}
        for key, value in (optimizer_map or {}).items():
            self[key] = value

    def __getitem__(self, key: str) -> Optimizer:
        if key in self.by_path:
            return self.by_path[key]
        found = [pattern for pattern in self.by_path if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ArgumentError(f"OptimizerMap['{key}']", "one pattern that fits", found)
        return self.by_path[found[0]] if found else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str) or key in self.by_path:
            raise ArgumentError("OptimizerMap[...] = optimizer", "a path or pattern that is not in it yet", repr(key))
        self.by_path[key] = checked(optimizer)

    def __delitem__(self, key: str) -> None:
        del self.by_path[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_path)

    def __len__(self) -> int:
        return len(self.by_path)

    def __call__(self, variable: Any) -> Optimizer:
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """The optimizers as plain data."""
        parts = {key: optimizers.serialize(one) for key, one in self.by_path.items()}
        return {"default_optimizer": optimizers.serialize(self.default_optimizer), "optimizer_map": parts}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "OptimizerMap":
        """A map from what `get_config` gave."""
        parts = {key: optimizers.get(one) for key, one in config["optimizer_map"].items()}
        return cls(optimizers.get(config["default_optimizer"]), parts)


class MultiOptimizer(Optimizer):
    """Weights shared out among optimizers, each with its own rate, clipping and decay.

    Args:
        optimizer_map: an `OptimizerMap`, or a function of a weight that gives its optimizer.
        loss_scale_factor: of all of them.
        name: its name.

    It has no learning rate of its own: reading gives the first optimizer's, setting is an AttributeError, as in Keras.
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None):
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        if isinstance(optimizer_map, dict):
            optimizer_map = OptimizerMap.from_config(optimizer_map.get("config", optimizer_map))
        if not callable(optimizer_map):
            raise ArgumentError("MultiOptimizer(optimizer_map)", "an OptimizerMap or a function of a weight", repr(optimizer_map))
        self.optimizer_map: Any = optimizer_map
        self.optimizers: list[Optimizer] = []
        self._learning_rate = None  # nothing to keep: each part has its own, see `state`
        if isinstance(optimizer_map, OptimizerMap):
            for one in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self.place_of(one)
        self.slots = tuple(dict.fromkeys(slot for one in self.optimizers for slot in one.slots)) or ALL_SLOTS

    def place_of(self, optimizer: Any) -> int:
        """Where an optimizer stands among those that are used."""
        places = [number for number, one in enumerate(self.optimizers) if one is optimizer]
        if not places:
            self.optimizers.append(checked(optimizer))
            optimizer.loss_scale_factor = None  # gradients come to it as they are meant
            self.take(len(self.optimizers) - 1)
        return places[0] if places else len(self.optimizers) - 1

    @property
    def state(self) -> dict[str, float]:
        """What optimizers carry from step to step, and their constant rates: {"0/M": ..., "1/learning_rate": ...}."""
        own = {f"{number}/{name}": value for number, one in enumerate(self.optimizers) for name, value in carried(one).items()}
        return {**self.waiting, **own}

    @state.setter
    def state(self, values: dict[str, float]) -> None:
        self.waiting = dict(values)
        for number in range(len(self.__dict__.get("optimizers", ()))):
            self.take(number)

    def take(self, number: int) -> None:
        """Gives an optimizer what waits for it."""
        one = self.optimizers[number]
        given = {name: self.waiting.pop(f"{number}/{name}", value) for name, value in carried(one).items()}
        if "learning_rate" in given:
            one.learning_rate = given.pop("learning_rate")
        one.state = given

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if not self.optimizers:  # a function's are found at the first step
            self.state = state.get("state", {})
        super().load_state_dict(state)

    @property
    def learning_rate(self) -> Any:
        """The first optimizer's."""
        return self.optimizers[0].learning_rate if self.optimizers else 0.0

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError("A MultiOptimizer has no learning rate to set: set that of one in its .optimizers.")

    @torch.no_grad()
    def _step(self, spans: list[Span]) -> None:
        parts = [part for span in spans for part in self.parts(span)]
        for one in self.optimizers:
            one.calls = self.calls
            own = [span for owner, span in parts if owner is one]
            if own:
                one.apply_spans(own)

    def parts(self, span: Span) -> list[tuple[Optimizer, Span]]:
        """What a span is cut into, at the first step."""
        if not isinstance(span.update, Parts):
            span.update = Parts(self.cut(span))
        return span.update.made

    def cut(self, span: Span) -> list[tuple[Optimizer, Span]]:
        """A span of each weight for its optimizer; its memory lies in that of the whole span.

        Raises StateError: a slot that is not among those of the map.
        """
        made, views = [], span.views or [None] * len(span.segments)
        for path, view, (start, stop) in zip(span.paths or [""] * len(span.segments), views, span.segments, strict=True):
            weight = getattr(view, "__self__", Named(path))
            one = self.optimizers[self.place_of(self.optimizer_map(weight))]
            low = None if span.copy is None else span.copy[start:stop]
            decay = one.decays(path, weight)
            part = one.make_span(span.w[start:stop], span.g[start:stop], [(0, stop - start)], low, span.rate, decay)
            part.paths, part.views = [path], None if span.views is None else [view]  # type: ignore[list-item]
            for name, fresh in part.slots.items():
                if name not in span.slots:
                    raise StateError("MultiOptimizer", f"optimizers with the memory {sorted(span.slots)}", f"{one.name}: {name}",
                                     "Give it an OptimizerMap, which names its optimizers beforehand.")
                kept = span.slots[name][start:stop]
                if not self.calls:
                    kept.copy_(fresh)
                part.slots[name] = kept
            made.append((one, part))
        return made

    def settings(self) -> tuple:
        """What `remade` takes, with optimizers of their own."""
        given = {name: getattr(self, name) for name in self.argument_names()}
        return type(self), given | {"optimizer_map": copy.deepcopy(self.optimizer_map)}, self._kept, self._kept_names

    def get_config(self) -> dict[str, Any]:
        """Map, scale and name as plain data. Raises ArgumentError for a function in the map's place."""
        if not isinstance(self.optimizer_map, OptimizerMap):
            raise ArgumentError("MultiOptimizer.get_config", "an OptimizerMap, which can be written down", "a function")
        config = {"class_name": "OptimizerMap", "config": self.optimizer_map.get_config()}
        return {"optimizer_map": config, "loss_scale_factor": self.loss_scale_factor, "name": self.name}


class Parts:
    """In the place of a span's update: the spans that it is cut into.

    Args:
        made: each with its optimizer.
    """

    def __init__(self, made: list[tuple[Optimizer, Span]]):
        self.made = made

    def __call__(self, numbers: tuple[float, ...]) -> None:
        """Never comes: each optimizer steps on its own."""


class Named:
    """What a map asks of a weight.

    Args:
        path: where files keep it.
    """

    def __init__(self, path: str):
        self.path = path


def carried(optimizer: Optimizer) -> dict[str, float]:
    """What changes in an optimizer beside its memory and its steps."""
    rate = optimizer._learning_rate
    return optimizer.state | ({"learning_rate": rate} if isinstance(rate, float) else {})


def checked(optimizer: Any) -> Optimizer:
    """The optimizer itself. Raises ArgumentError for what is none, or cannot be part of several."""
    if not isinstance(optimizer, Optimizer) or isinstance(optimizer, MultiOptimizer):
        raise ArgumentError("MultiOptimizer", "optimizers of parts of the weights", repr(optimizer))
    odd = [word for word in WHOLE if getattr(optimizer, word)]
    if odd:
        raise ArgumentError(f"MultiOptimizer, {optimizer.name}", f"no {odd[0]}", repr(getattr(optimizer, odd[0])),
                            "It is of all weights together.")
    return optimizer


ALL_SLOTS = ("m", "v", "u", "G", "D", "b", "a", "z", "r", "c", "v_max")  # for functions: what nabi's optimizers remember
