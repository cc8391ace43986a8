"""Views: what Keras lets one ask of a model: shapes, variables, metrics, inputs and outputs by name, the architecture as JSON."""

import json
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.metrics import Metric
from nabi.models.written import KEPT, arranged

# what `dir` names: Keras' attributes that there are, and what nabi documents beside
PUBLIC = frozenset("""
    add build built call card compile compile_from_config compiled compute_loss compute_mask compute_metrics
    compute_output_shape count_params check dtype evaluate fit from_config get_compile_config get_config get_layer
    get_metrics_result get_weights history input input_names input_shape inputs layers load_checkpoint load_weights loss
    losses lr_find macs metrics metrics_names name non_trainable_variables non_trainable_weights optimizer output
    output_names output_shape outputs pop predict predict_on_batch predict_step reset_metrics reset_state save
    save_checkpoint save_weights set_weights stop_training summary supports_masking test_on_batch test_step to_code to_json
    train_on_batch train_step trainable trainable_variables trainable_weights variables weights zero_grad""".split())


class Views:
    """Read-only sides of a model.

    Attributes:
        output_structure: the keys, where outputs were given as a dict; then a call gives a dict. None otherwise.
    """

    name: str  # this and the next five are the model's
    inputs: list
    outputs: list
    input_names: list[str]
    graph: Any
    trainer: Any

    output_structure: list[str] | None = None
    nest: Any = None

    def __dir__(self) -> list[str]:
        """What is for users, and what a class of theirs adds; Tab shows these. All else can be used, and is nabi's own.

        Example:
            >>> import nabi
            >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2)])
            >>> "fit" in dir(model), "slot_shapes" in dir(model)
            (True, False)
        """
        theirs = {name for kind in type(self).__mro__ if not kind.__module__.startswith("nabi.") for name in vars(kind)}
        mine = set(vars(self)) - KEPT if getattr(self, "written", False) else set()
        return sorted(theirs | mine | {name for name in PUBLIC if hasattr(type(self), name) or name in vars(self)})

    @property
    def input_shape(self):
        """Shape that the model takes, batch axis first; a list of them for several inputs.

        Example:
            >>> import nabi
            >>> model = nabi.Sequential([nabi.Input((28, 28, 1)), nabi.layers.Flatten()])
            >>> model.input_shape, model.output_shape
            ((None, 28, 28, 1), (None, 784))
        """
        return alone([symbol.shape for symbol in self.inputs])

    @input_shape.setter
    def input_shape(self, value):
        """Every layer has the argument; a model knows better."""

    @property
    def output_shape(self):
        """Shape of the output; a list or dict of them for several."""
        return self.structured([symbol.shape for symbol in self.outputs])

    @property
    def metrics(self) -> list:
        """The running loss, the metrics that `compile` was given, and those in attributes; only these before `compile`."""
        compiled = list(self.trainer.objective.trackers.values()) if self.trainer else []
        return list({id(metric): metric for metric in (*compiled, *own_metrics(self))}.values())

    def reset_metrics(self) -> None:
        """Starts the running loss and metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """The results of all metrics by name."""
        return {metric.name: metric.result() for metric in self.metrics}

    def to_json(self, **options: Any) -> str:
        """The architecture without weights; `json.loads(text)["config"]` is what `from_config` takes.

        Args:
            options: handed to `json.dumps`, such as indent=2.
        """
        from nabi.models.config import layer_entry

        model: Any = self
        return json.dumps(layer_entry(model), **options)

    # Inputs and outputs by name -----------------------------------------------------------------------------------------

    def by_name(self, inputs: Any) -> Any:
        """A dict of inputs in the order of `input_names`, as a list; anything else as it is.

        Raises:
            ArgumentError: names are missing or left over.
        """
        if not isinstance(inputs, dict):
            return inputs
        names = list(self.input_names)
        if len(names) == 1 and self.graph is None and len(inputs) == 1:
            return next(iter(inputs.values()))  # a chain whose input has no name yet
        missing, extra = [n for n in names if n not in inputs], [n for n in inputs if n not in names]
        if missing or extra:
            said = [f"{title} {found}" for title, found in (("missing", missing), ("unknown", extra)) if found]
            raise ArgumentError(f"Model '{self.name}'", f"a dict with the inputs {names}", ", ".join(said))
        return alone([inputs[name] for name in names])

    def structured(self, outputs: list) -> Any:
        """The outputs as they were given to the model: alone, in a list, or in a dict."""
        if self.nest is not None:
            return arranged(self.nest, outputs)
        if self.output_structure is not None:
            return dict(zip(self.output_structure, outputs, strict=True))
        return alone(outputs)


def own_metrics(layer: Any) -> list[Metric]:
    """The metrics in a layer's attributes, also in lists and dicts."""
    found: list[Metric] = []

    def enter(value: Any) -> None:
        if isinstance(value, Metric):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            for part in value:
                enter(part)
        elif isinstance(value, dict):
            enter(list(value.values()))

    for name, value in vars(layer).items():
        if name[:1] != "_" and name not in ("nodes", "card"):
            enter(value)
    return found


def alone(things: list) -> Any:
    """The only one, or all of them."""
    return things[0] if len(things) == 1 else things


def numbered(names: list[str]) -> list[str]:
    """The names, later ones of a name that was there already with a running number.

    Example:
        >>> numbered(["d", "d", "e", "d"])
        ['d', 'd_1', 'e', 'd_2']
    """
    found: list[str] = []
    for name in names:
        number, free = 0, name
        while free in found or (number and free in names):
            number += 1
            free = f"{name}_{number}"
        found.append(free)
    return found
