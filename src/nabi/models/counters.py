"""Counters: what a model's random numbers depend on: its seed, how many epochs it has trained, how often each layer was called.

A mask is f(seed, layer's index in the graph, that layer's call counter, element); the order of the samples is
f(seed, epochs ever trained). Counters are model state and lie in the checkpoint; names never enter.
"""

from nabi.core import random


class Counters:
    """Seed and counters of one model.

    Attributes:
        seed: 63 bits, drawn from the global seed at first use.
        epochs: epochs this model has ever begun to train.
        calls: training calls of each random layer, by its index in the flat graph.
    """

    def __init__(self):
        self.drawn: int | None = None
        self.epochs = 0
        self.calls: dict[int, int] = {}

    @property
    def seed(self) -> int:
        if self.drawn is None:
            self.drawn = random.fresh_seed()
        return self.drawn

    def key(self, layer, index: int) -> random.Key:
        """Key of the next random tensor of a layer; a layer's own seed stands in for the model's."""
        call = self.calls.get(index, 0)
        self.calls[index] = call + 1
        own = getattr(layer, "seed", None)
        return random.Key(self.seed if own is None else own, index, call)

    def state(self) -> dict:
        """Plain data for a checkpoint; a seed that no one has needed yet stays undrawn (None)."""
        return {"seed": self.drawn, "epochs": self.epochs, "calls": {str(k): v for k, v in self.calls.items()}}

    def load_state(self, state: dict) -> None:
        """Takes up where `state()` was taken."""
        self.drawn = None if state["seed"] is None else int(state["seed"])
        self.epochs = int(state["epochs"])
        self.calls = {int(k): int(v) for k, v in state["calls"].items()}
