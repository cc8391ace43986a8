"""Trainer: what `compile` makes: one training step, one test step, one prediction step, and the state of the optimizer.

    training step     outputs = plan(x);  L = loss(y, outputs) + penalties;  g = dL/dw;  optimizer: w <- formula(w, g);  metrics

A trainer belongs to one model; several trainers may share weights (GANs, an encoder in two models), each with its own optimizer
state. The set of learned weights is fixed here, at `compile`.
"""

import torch

from nabi import optimizers
from nabi.core.errors import ArgumentError, StateError
from nabi.data import Batch, as_list, cast, weights_for
from nabi.layers import Activated, Activation, Softmax
from nabi.models.model import check_sample
from nabi.models.store import form_stores
from nabi.training import loop
from nabi.training.binding import Binding
from nabi.training.objective import Objective
from nabi.training.plan import Pass, Plan, name_of
from nabi.training.precision import Precision, low_layers

GONE = {
    "sample_weight_mode": 'give sample_weight the shape of the targets, (samples, steps), for "temporal"',
    "target_tensors": "pass targets to fit as y",
}


class Trainer:
    """How one model learns.

    Args:
        model: the model.
        optimizer, loss, loss_weights, metrics, weighted_metrics, precision: as in `Model.compile`.
        fused: join layers into fused kernels.
    """

    def __init__(self, model, optimizer, loss, *, loss_weights=None, metrics=None, weighted_metrics=None, precision=None,
                 fused=True, **old):
        for name, value in old.items():
            if name not in GONE:
                raise ArgumentError(f"compile({name}=...)", "an argument of compile", repr(name))
            if value is not None:
                raise ArgumentError(f"compile({name}=...)", "nothing: today's Keras has it no more", repr(value), f"Instead, {GONE[name]}.")
        self.model = model
        self.optimizer = optimizers.get(optimizer)
        self.settings = {"loss": loss, "loss_weights": loss_weights, "metrics": metrics, "weighted_metrics": weighted_metrics,
                         "precision": precision, "fused": fused}
        self.frozen = {id(layer) for layer in model.leaves if not layer.trainable}
        self.fused = fused
        self.objective: Objective = None
        self.precision: Precision = None
        self.binding: Binding | None = None
        self.position = loop.Position()
        self.callbacks = None  # those of the running fit
        self.feed = None
        self.data: dict = {}  # facts about the running fit's data that a resumed one must share
        self.finished = False  # whether the last fit ran to its end
        if model.graph is not None:
            self.make_objective()

    def make_objective(self) -> None:
        """Losses, metrics and precision, once the outputs' names are known."""
        given = self.settings
        self.objective = Objective(self.model.output_names, given["loss"], given["loss_weights"], given["metrics"],
                                   given["weighted_metrics"])
        self.precision = Precision(given["precision"], self.objective.classifier)

    # Getting ready ------------------------------------------------------------------------------------------------------

    def ready(self) -> Binding:
        """Stores, plan and binding, made at the first step."""
        if self.binding is not None:
            return self.binding
        model, graph = self.model, self.model.require_graph()
        if self.objective is None:
            self.make_objective()
        low = low_layers(graph, self.precision)
        absorbed = self.objective.absorb([self.last_activation(i) for i in range(len(graph.output_slots))])
        self.steps_plan = Plan(graph, low, self.precision.dtype, absorbed, self.frozen, self.fused)
        owners = [(w, layer) for layer in model.leaves for w in layer.weights]
        owners = list({id(w): (w, layer) for w, layer in owners}.values())
        stores = form_stores([w for w, _ in owners], self.precision.dtype)
        for layer in model.leaves:
            layer.dtype = str(self.precision.dtype).removeprefix("torch.")
        decays = self.optimizer.decays if self.optimizer else lambda name, weight: False
        weights = [(w, float(getattr(layer, "rate_factor", 1.0)), decays(f"{layer.name}/{w.name}", w)) for w, layer in owners]
        learned = {id(w) for w, layer in owners if w.trainable and id(layer) not in self.frozen}
        lowered = {id(w) for w, layer in owners if id(layer) in low}
        self.penalized = [w for w, _ in owners if w.regularizer is not None and id(w) in learned]
        self.binding = Binding(weights, learned, lowered, stores, self.optimizer)
        return self.binding

    def last_activation(self, number: int) -> str | None:
        """Name of the activation that makes an output, if nothing else reads that output."""
        graph = self.model.graph
        slot = graph.output_slots[number]
        if graph.output_slots.count(slot) > 1 or any(slot in call.inputs for call in graph.calls):
            return None
        layer = next((call.layer for call in graph.calls if slot in call.outputs), None)
        if isinstance(layer, Softmax):
            return "softmax" if layer.axis == -1 else None
        plain = isinstance(layer, Activation) or (isinstance(layer, Activated) and type(layer).call is Activated.call
                                                  and layer.activity_regularizer is None)
        return name_of(layer.activation) if plain else None

    def finish(self, outputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """What the user sees: the last activation put back where the loss took it over."""
        return [self.activation_of(i)(out.detach()) if i in self.objective.absorbed else out for i, out in enumerate(outputs)]

    def activation_of(self, number: int):
        """The activation function that makes an output."""
        slot = self.model.graph.output_slots[number]
        layer = next(call.layer for call in self.model.graph.calls if slot in call.outputs)
        return layer.call if isinstance(layer, Softmax) else layer.activation

    # Steps --------------------------------------------------------------------------------------------------------------

    def train_step(self, batch: Batch) -> torch.Tensor:
        """One update; gives the loss and takes it and the metrics into the running means."""
        binding = self.ready()
        batch = cast(batch, self.precision.dtype)
        p = Pass(True, self.model.counters)
        with binding:
            binding.refresh()
            outputs = self.steps_plan.run(batch.x, p)
            penalties = p.penalties + [w.regularizer(w.tensor) for w in self.penalized]
            loss = self.objective.loss(batch, outputs, penalties)
            scaled = self.optimizer.scale_loss(loss)
            gradients = torch.autograd.grad(scaled, binding.leaves, allow_unused=True) if binding.leaves else []
        binding.collect(gradients)
        self.optimizer.apply(binding.spans)
        binding.stepped()
        with torch.no_grad():
            self.objective.update(loss, batch, self.finish(outputs))
        return loss.detach()

    @torch.no_grad()
    def test_step(self, batch: Batch) -> torch.Tensor:
        """Loss and metrics of one batch, into the running means."""
        binding = self.ready()
        batch = cast(batch, self.precision.dtype)
        p = Pass(False, self.model.counters)
        with binding:
            binding.refresh()
            outputs = self.steps_plan.run(batch.x, p)
            penalties = p.penalties + [w.regularizer(w.tensor) for w in self.penalized]
        loss = self.objective.loss(batch, outputs, penalties)
        self.objective.update(loss, batch, self.finish(outputs))
        return loss

    @torch.no_grad()
    def predict_step(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """The outputs for one batch."""
        binding = self.ready()
        batch = cast(Batch(inputs, [], []), self.precision.dtype)
        with binding:
            binding.refresh()
            outputs = self.steps_plan.run(batch.x, Pass(False, self.model.counters))
        return self.finish(outputs)

    # The user's methods -------------------------------------------------------------------------------------------------

    def fit(self, x, y, **options):
        """See `Model.fit`."""
        return loop.fit(self, x, y, **options)

    def evaluate(self, x, y, **options):
        """See `Model.evaluate`."""
        return loop.evaluate(self, x, y, **options)

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, return_dict=False):
        """One step on one batch."""
        if class_weight is not None:
            sample_weight = loop.weigh(class_weight, sample_weight, as_list(y, self.model.output_names, "y"))
        batch = self.one_batch(x, y, sample_weight)
        self.objective.reset()
        self.train_step(batch)
        return loop.returned(self.objective.logs(), return_dict)

    def test_on_batch(self, x, y, sample_weight=None, return_dict=False):
        """Loss and metrics of one batch."""
        batch = self.one_batch(x, y, sample_weight)
        self.objective.reset()
        self.test_step(batch)
        return loop.returned(self.objective.logs(), return_dict)

    def one_batch(self, x, y, sample_weight) -> Batch:
        """A batch from arrays, with the model built for it."""
        self.build_for(as_list(x, self.model.input_names, "x"))
        targets = as_list(y, self.model.output_names, "y")
        batch = Batch(as_list(x, self.model.input_names, "x"), targets,
                      weights_for(sample_weight, self.model.output_names, len(targets)))
        self.check_batch(batch)
        self.ready()
        return batch

    def build_for(self, tensors: list[torch.Tensor]) -> None:
        """Builds a model that was waiting for its first data."""
        if self.model.graph is None:
            self.model.build((None, *tensors[0].shape[1:]))
            if self.model.graph is None:
                raise StateError(f"Model '{self.model.name}'", "layers", "none", "Add layers before training.")
            self.frozen = {id(layer) for layer in self.model.leaves if not layer.trainable}

    def check_batch(self, batch: Batch) -> None:
        """Holds the shapes of one batch against the model, before any kernel sees it."""
        model = self.model
        if len(batch.x) != len(model.input_names):
            raise ArgumentError("x", f"arrays for the inputs {model.input_names}", f"{len(batch.x)} arrays")
        for name, symbol, tensor in zip(model.input_names, model.inputs, batch.x, strict=True):
            check_sample(model, name, symbol.shape, (None, *tensor.shape[1:]))

    @property
    def names(self) -> list[str]:
        """Names of what is logged."""
        if self.objective is None:
            raise StateError(f"Model '{self.model.name}'", "a model that is built", "one whose input shape is not known yet")
        return list(self.objective.trackers)

    def plan(self, training: bool = True) -> Plan:
        """The plan of the training step."""
        self.ready()
        return self.steps_plan

    def findings(self, x, y) -> list[str]:
        """See `Model.check`."""
        from nabi.training.findings import findings

        return findings(self, x, y)

    @property
    def may_rest(self) -> bool:
        """Whether a checkpoint taken now can be resumed exactly: after an epoch, or within one whose batches can be told apart."""
        return self.position.step == 0 or (self.feed.exact and not self.model.stop_training)

    def save_checkpoint(self, path) -> None:
        """See `Model.save_checkpoint`."""
        from nabi.training.checkpoint import save_checkpoint

        save_checkpoint(self, path)

    def load_checkpoint(self, path) -> None:
        """Takes up where `save_checkpoint` was called."""
        from nabi.training.checkpoint import load_checkpoint

        load_checkpoint(self, path)
