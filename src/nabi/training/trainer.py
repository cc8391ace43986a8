"""Trainer: what `compile` makes: one training step, one test step, one prediction step, and the state of the optimizer.

    training step     outputs = plan(x);  L = loss(y, outputs) + penalties;  g = dL/dw;  optimizer: w <- formula(w, g);  metrics

A trainer belongs to one model; several trainers may share weights (GANs, an encoder in two models), each with its own optimizer
state. Which weights learn, and how fast, is fixed here, at `compile`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from nabi import kernels, optimizers
from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import flag
from nabi.data import Batch, cast
from nabi.kernels import jit
from nabi.layers.inside import FROZEN, holding, opened
from nabi.models.model import Model
from nabi.models.rates import frozen_layers, rates
from nabi.models.states import stateful_layers
from nabi.models.store import form_stores
from nabi.models.views import own_metrics
from nabi.optimizers import Span
from nabi.training import arguments, checkpoint, feeding, findings, loop, tape
from nabi.training.binding import STEPPING, Binding
from nabi.training.by_autograd import ByAutograd
from nabi.training.fusion import join
from nabi.training.inference import Inference
from nabi.training.nonfinite import NonFinite, refuse_gradient, stops
from nabi.training.objective import Objective
from nabi.training.outputs import expected_names
from nabi.training.own import Own
from nabi.training.plan import Pass, Plan, last_activation
from nabi.training.precision import Precision, low_layers, without_autocast
from nabi.training.raw import Raw


class Trainer:
    """How one model learns.

    Args:
        model: the model.
        optimizer, loss, loss_weights, metrics, weighted_metrics, precision: as in `Model.compile`.
        fused: join layers into fused kernels.

    Attributes:
        rates: factor on the learning rate of each layer that learns, by id. `frozen`: ids of the other layers.
        position: where training stands. `callbacks`, `feed`: those of the running fit, else None.
        data: facts about the running fit's data that a resumed one must share.
        finished: whether the last fit ran to its end.
        ahead: seconds of a time budget that were gone before `fit` was called.
    """

    def __init__(self, model: Model, optimizer: Any, loss: Any, *, loss_weights: Any = None, metrics: Any = None,
                 weighted_metrics: Any = None, precision: str | None = None, fused: bool = True, **old: Any):
        arguments.check(type(model).compile, old, loss_weights, (metrics, weighted_metrics))
        self.model = model
        self.optimizer = optimizers.get(optimizer)
        self.settings = {"loss": loss, "loss_weights": loss_weights, "metrics": metrics, "weighted_metrics": weighted_metrics,
                         "precision": precision, "fused": fused}
        self.fused = fused
        self.objective = self.objective_for(list(model.output_names) or expected_names(loss, metrics))
        self.precision = Precision(precision, self.objective.classifier)
        self.rates = rates(model)
        self.frozen = frozen_layers(model)
        self.binding: Binding | None = None
        self.tape: tape.Tape | None = None
        self.inference: Inference | None = None
        self.position = loop.Position()
        self.callbacks: Any = None
        self.thread = 0  # of the running fit
        self.feed: Any = None
        self.data: dict[str, Any] = {}
        self.finished = False
        self.ahead = 0.0
        self.own = Own(self)
        kernels.available()  # starts them here, not in the first step
        if self.own.trains:
            self.precision.low = False  # autograd follows the weights themselves

    # Getting ready ------------------------------------------------------------------------------------------------------

    def objective_for(self, names: list[str]) -> Objective:
        """Losses and metrics for outputs of these names."""
        given = self.settings
        return Objective(names, given["loss"], given["loss_weights"], given["metrics"], given["weighted_metrics"])

    def meet(self) -> None:
        """Takes up what only shows once a model is built: the names of its outputs, and layers that came after `compile`."""
        model = self.model
        if model.output_names and list(model.output_names) != self.objective.output_names:
            self.objective = self.objective_for(list(model.output_names))
        known = {*self.rates, *self.frozen}
        self.objective.include(metric for layer in opened(model) for metric in own_metrics(layer))
        self.rates.update((key, rate) for key, rate in rates(model).items() if key not in known)
        self.frozen.update(frozen_layers(model) - known)

    def take_optimizer(self, optimizer: Any) -> None:
        """Goes on with another optimizer."""
        self.optimizer = optimizers.get(optimizer)
        self.unbind()

    def unbind(self) -> None:
        """Lets go of the weights: the graph has changed. The optimizer goes on with what it remembers of each weight."""
        self.binding = self.tape = self.inference = None

    def ready(self) -> Binding:
        """Stores, plan and binding, made at the first step."""
        if self.binding is None:
            with STEPPING, torch.inference_mode(False):
                self.binding = self.binding or self.bind()
        return self.binding

    def bind(self) -> Binding:
        """Moves the weights into stores and takes hold of them."""
        kernels.keep_freed_memory()
        model, graph = self.model, self.model.require_graph()
        self.meet()
        low = low_layers(graph, self.precision)
        self.precision.low = bool(low)
        owners = list({id(w): (w, self.home(w, layer)) for layer in model.leaves for w in layer.weights}.values())
        weights = [w for w, _ in owners]
        stores = form_stores(weights, self.precision.dtype)
        for layer in (inner for leaf in model.leaves for inner in opened(leaf)):
            layer.dtype = str(self.precision.dtype).removeprefix("torch.")
        decays = self.optimizer.decays if self.optimizer else lambda name, weight: False
        choices = {id(w): (self.rates[id(layer)], decays(w.path, w)) for w, layer in owners
                   if w.trainable and id(layer) not in self.frozen and self.optimizer is not None}
        self.penalized = [w for w, layer in owners if w.regularizer is not None and w.trainable and id(layer) not in self.frozen]
        self.objective.expect(name for leaf in model.leaves for layer in opened(leaf) for name in layer.measures)
        absorbed = self.objective.absorb([self.last_activation(i) for i in range(len(graph.output_slots))])
        self.steps_plan = Plan(graph, low, self.precision.dtype, absorbed, self.frozen, join if self.fused else None)
        binding = Binding(weights, choices, {id(w) for w, layer in owners if id(layer) in low}, stores, self.optimizer)
        binding.stateful = stateful_layers(model)
        if self.fused and self.optimizer is not None and tape.fits(model.leaves, self.objective.losses, self.precision.dtype):
            self.tape = tape.Tape(self.steps_plan, binding, self.objective, self.penalized)
        if self.fused:
            self.inference = Inference(graph, low, self.precision.dtype, absorbed, self.frozen)
        return binding

    def home(self, weight: Any, leaf: Any) -> Any:
        """The layer whose rate a weight learns at: the one inside `leaf` that made it, if `compile` knew that one."""
        return weight.owner if id(weight.owner) in self.rates or id(weight.owner) in self.frozen else leaf

    def last_activation(self, number: int) -> str | None:
        """Name of the activation that makes an output, if nothing else reads that output."""
        return last_activation(self.model.require_graph(), number)

    def build_for(self, tensors: list[torch.Tensor]) -> None:
        """Builds a model that was waiting for its first data."""
        if self.model.graph is None:
            self.model.build((None, *tensors[0].shape[1:]))

    def check_batch(self, batch: Batch) -> None:
        """Holds the shapes of one batch against the model, before any kernel sees it."""
        model = self.model
        if isinstance(batch, Raw):  # of whatever shape: a step of the user's own takes it
            return
        if len(batch.x) != len(model.input_names):
            raise ArgumentError("x", f"arrays for the inputs {model.input_names}", f"{len(batch.x)} arrays")
        model.check_shapes([(None, *tensor.shape[1:]) for tensor in batch.x])

    # Steps --------------------------------------------------------------------------------------------------------------

    def train_step(self, batch: Any) -> float:
        """One update, by the train_step of the user's own if there is one."""
        if self.own.trains:
            return self.own.train(batch)
        with without_autocast():
            return self.one_step(batch)

    def test_step(self, batch: Any) -> None:
        """Loss and metrics of one batch, by the test_step of the user's own if there is one."""
        self.own.test(batch) if self.own.tests else self.one_test(batch)

    def one_step(self, batch: Batch) -> float:
        """One update; gives the loss and takes it and the metrics into the running means.

        Where the loss or a gradient is not finite nothing is updated: the weights stay those before the step.

        Raises:
            NonFinite: a gradient is NaN or infinite though the loss is finite.
        """
        binding = self.ready()
        batch = cast(batch, self.precision.dtype, self.steps_plan.raw)
        p, counted = Pass(True, self.model.counters), binding.keep_counted()
        scale = 1.0 if self.optimizer is None else self.optimizer.scale_loss(1.0)
        taped = self.tape if self.tape is not None and jit.fused() else None
        with torch.no_grad(), STEPPING if taped is not None and taped.alone else self.bound():
            binding.refresh()
            if taped is not None:
                run = taped.run(batch, p, scale)
            else:
                run = ByAutograd(self.steps_plan, binding, self.objective, self.penalized, batch, p, scale)
            if stops(run.value):
                binding.restore_counted(counted)
            elif self.optimizer is not None:
                spans = run.backward()
                try:
                    refuse_gradient(self, spans, batch)
                except NonFinite:
                    binding.restore_counted(counted)
                    raise
                self.optimizer.apply(spans)
                binding.stepped()
        with torch.no_grad():
            self.objective.update(run.value, batch, run.predictions() if self.objective.watched else [], p.masks, run.right)
            self.objective.measure(p.measured)
        return run.value

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Within the block layers compute with this trainer's tensors, and those it has frozen stand still."""
        with self.ready(), holding(FROZEN, self.frozen):
            yield

    @torch.no_grad()
    def one_test(self, batch: Batch) -> None:
        """Loss and metrics of one batch, into the running means."""
        batch = cast(batch, self.precision.dtype, self.raw)
        outputs, p = self.infer(batch)
        loss = self.objective.loss(batch, outputs, p.penalties + [w.regularizer(w.tensor) for w in self.penalized], p.masks)
        self.objective.update(loss.item(), batch, self.steps_plan.finish(outputs, p), p.masks)
        self.objective.measure(p.measured)

    @torch.no_grad()
    def predict_step(self, batch: Batch) -> list[torch.Tensor]:
        """The outputs for one batch."""
        outputs, p = self.infer(cast(batch, self.precision.dtype, self.raw))
        return self.steps_plan.finish(outputs, p)

    @property
    def raw(self) -> set[int]:
        """Inputs, by number, that inference takes as uint8."""
        self.ready()
        return self.steps_plan.raw if self.inference is None else self.inference.plan.raw

    def infer(self, batch: Batch) -> tuple[list[torch.Tensor], Pass]:
        """Outputs in inference mode; logits where the loss takes over the last activation."""
        p, binding, inference = Pass(False, self.model.counters), self.ready(), self.inference
        with without_autocast(), STEPPING if inference is not None and inference.alone else binding:
            binding.refresh()
            return (inference or self.steps_plan).run(batch.x, p), p

    # The user's methods -------------------------------------------------------------------------------------------------

    def fit(self, x: Any, y: Any, **options: Any):
        """See `Model.fit`."""
        if self.callbacks is not None:
            raise StateError("model.fit", "one fit of a model at a time", "a second one from inside it",
                             "A callback may call evaluate, predict or train_on_batch.")
        with torch.inference_mode(False):
            return loop.fit(self, x, y, **options)

    def evaluate(self, x: Any, y: Any, **options: Any):
        """See `Model.evaluate`."""
        return loop.evaluate(self, x, y, **options)

    def train_on_batch(self, x, y, sample_weight=None, class_weight=None, return_dict=False):
        """One step on one batch."""
        return self.on_batch(True, x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x, y, sample_weight=None, return_dict=False):
        """Loss and metrics of one batch."""
        return self.on_batch(False, x, y, sample_weight, None, return_dict)

    def on_batch(self, learning, x, y, sample_weight, class_weight, return_dict):
        """One step on all of x, with the model built for it."""
        return_dict = flag("return_dict", return_dict)
        watched, step = (self.watched, self.train_step) if learning else (self.tested, self.test_step)
        with torch.inference_mode(False), watched.aside(self.callbacks is not None):
            step(feeding.one_batch(self, x, y, sample_weight, class_weight, learning))
            watched = self.watched if learning else self.tested  # now that the model is built
            return loop.returned(watched.logs(), return_dict)

    @property
    def watched(self) -> Any:
        """What training logs."""
        return self.own.trained if self.own.trains else self.objective

    @property
    def tested(self) -> Any:
        """What evaluation logs."""
        return self.own.tested if self.own.tests else self.objective

    @property
    def names(self) -> list[str]:
        """Names of what is logged."""
        return list(self.watched.trackers)

    @property
    def spans(self) -> list[Span]:
        """The vectors of the optimizer that `compile` was given; none where a train_step of the user's own uses it by hand."""
        return [] if self.own.trains and self.binding is None else self.ready().spans

    def plan(self) -> Plan:
        """The plan of a step."""
        self.ready()
        return self.steps_plan

    def findings(self, x: Any, y: Any) -> list[str]:
        """See `Model.check`."""
        return findings.findings(self, x, y)

    @property
    def may_rest(self) -> bool:
        """Whether a checkpoint taken now can be resumed exactly: after an epoch, or within one whose batches are known."""
        return self.position.step == 0 or (self.feed.exact and not self.model.stop_training)

    def save_checkpoint(self, path) -> None:
        """See `Model.save_checkpoint`."""
        checkpoint.save_checkpoint(self, path)

    def load_checkpoint(self, path) -> None:
        """Takes up where `save_checkpoint` was called."""
        checkpoint.load_checkpoint(self, path)
