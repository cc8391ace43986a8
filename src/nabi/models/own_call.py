"""OwnCall: the `call` of a model as one layer of its graph, where no graph can say what it does.

    class Net(nabi.Model):
        def call(self, x):
            if x.mean() > 0:                    looks at numbers: the whole call is one op, with the model's layers inside
                return self.right(x)
            return self.left(x)

It holds no layers: those inside it are the model's.
"""

from typing import Any

from nabi.core.errors import ArgumentError
from nabi.layers.inside import common, of_two_sizes, opened, try_out
from nabi.layers.layer import Layer


class OwnCall(Layer):
    """A model's `call` on a list of its inputs.

    Args:
        model: the model; its layers are inside.

    Attributes:
        steps: (layer, multiply-adds, shapes it read, shapes it made) of each call of a layer inside, in order, from a trial.
    """

    takes_list = True
    own_code = True  # type: ignore[assignment]
    steps: list[tuple]

    def __init__(self, model: Any):
        super().__init__(name=model.name)
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "_weights", model._weights)
        self.built = True
        object.__setattr__(self, "steps", [])

    @property
    def inside(self) -> list[Layer]:
        """The model's layers that are more than functions."""
        model = self.__dict__.get("model")
        return [] if model is None else [layer for layer in model.layers if layer.keeps]

    def call(self, x, training: bool = False):
        made = self.model.own_outputs(x, training)
        return made[0] if len(made) == 1 else made

    def check_shapes(self, shapes):
        """Whatever the call takes."""

    def unbuild(self):
        """Nothing: the weights are the model's."""

    def tried(self, input_shape):
        """As of every layer with layers inside; sides of unknown size are tried with two sizes.

        Raises:
            ArgumentError: the call makes a layer with weights anew each time.
        """
        place = tuple(map(tuple, input_shape))
        if place not in self._tried:
            known: list[list] = []

            def trial(shapes: list) -> tuple[Any, Any]:
                known.append(shapes)
                return self.trial(shapes)

            open_ones = any(n is None for s in place for n in s[1:])
            trials = of_two_sizes(list(place), trial) if open_ones else [trial(list(place))]
            self._tried[place] = common(trials[0][0], trials[-1][0]), trials[0][1]
            self.refuse_strays(known[-1])
            self.random = any(inner.random for inner in opened(self)[1:])
        return self._tried[place]

    def trial(self, shapes: list) -> tuple[Any, Any]:
        """Shape or shapes that the call makes of these, and multiply-adds; the steps inside are taken down."""
        object.__setattr__(self, "steps", [])
        return try_out(self, shapes, self.steps)

    def refuse_strays(self, shapes: list) -> None:
        """Raises ArgumentError where layers with weights come and go with each call."""
        mine = set(map(id, opened(self.model)))
        strays = [layer for layer, *_ in self.steps if layer.weights and id(layer) not in mine]
        if strays:
            self.trial(shapes)
            if not set(map(id, strays)) <= {id(layer) for layer, *_ in self.steps}:
                raise ArgumentError(f"{self.model.label}.call, {strays[0].label} in it", "layers that are made once",
                                    "one that every call makes anew, with new weights", "Make it in __init__: self.dense = ....")
