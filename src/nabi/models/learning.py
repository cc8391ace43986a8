"""Learning: the methods of Keras' training API, with Keras' names and defaults; the work is done in `nabi.training`."""

from typing import Any

from nabi.core.calls import checked
from nabi.core.errors import StateError
from nabi.core.numbers import ONCE, flag, whole
from nabi.core.registry import lookup


class Learning:
    """compile, fit, evaluate, predict, save: what a model can do besides computing."""

    @checked
    def compile(self, optimizer: Any = "rmsprop", loss=None, loss_weights=None, metrics=None, weighted_metrics=None,
                run_eagerly=False, steps_per_execution=1, jit_compile="auto", auto_scale_loss=True, *, precision=None, **old):
        """Fixes how the model learns: optimizer, loss, metrics, precision, and which weights are trainable.

        Args:
            optimizer: name or optimizer.
            loss: name, loss or function (y_true, y_pred); a list or dict for several outputs.
            loss_weights: factors of the outputs' losses.
            metrics: names, metrics or functions, watched in training and evaluation.
            weighted_metrics: metrics that take sample weights into account.
            run_eagerly: True runs every layer for itself, without fused kernels.
            steps_per_execution, jit_compile, auto_scale_loss: accepted as in Keras; nabi needs none of them.
            precision: "auto", "float32", "float64" or "bfloat16"; None takes `nabi.config.precision`. "auto" means bfloat16
                inside the convolutions and hidden Dense layers of classifiers, where the processor computes in it.

        Which weights are trainable, and each layer's `rate_factor`, is fixed here, as in Keras 1 and 2 (the way GANs are
        written); Keras 3 looks at each step. Where a layer was frozen or let loose since, `fit` warns.
        """
        eagerly = flag("compile(run_eagerly)", run_eagerly or False)
        whole("compile(steps_per_execution)", steps_per_execution, least=1, optional=True)
        flag("compile(jit_compile)", jit_compile in ("auto", None) or jit_compile)
        flag("compile(auto_scale_loss)", auto_scale_loss)
        if self.trainer is not None and self.trainer.callbacks is not None:
            raise StateError("model.compile", "a model that is not training", "a call inside its fit",
                             "Set what a running fit reads, such as model.optimizer.learning_rate, or end it: stop_training.")
        self.trainer = lookup("trainer", "Trainer")(
            self, optimizer, loss, loss_weights=loss_weights, metrics=metrics, weighted_metrics=weighted_metrics,
            precision=precision, fused=not eagerly, **old)

    @checked
    def fit(self, x=None, y=None, batch_size=None, epochs=ONCE, verbose: int | str = "auto", callbacks=None, validation_split=0.0,
            validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None,
            validation_steps=None, validation_batch_size=None, validation_freq=1, *, validation_split_mode="tail", run=None,
            time_budget=None, mix=None, sampling=None):
        """Trains for `epochs` epochs and returns the History.

        Args:
            x, y: arrays (the first axis counts samples), lists or dicts of them, or a generator of batches as x.
            batch_size: samples of one gradient; None means 32.
            epochs: number of the last epoch.
            verbose: 0 nothing, 1 a progress bar, 2 a line an epoch; "auto" is 1 on a terminal or in a notebook, else 2.
            callbacks: callbacks.
            validation_split: share of the samples, in [0, 1), held out for validation: the last ones, before shuffling.
            validation_data: (x, y) or (x, y, sample_weight), or a generator of such batches; overrides `validation_split`. With
                `validation_steps` a generator goes on from one validation to the next; Keras 3 takes its first batches again.
            shuffle: whether samples are put in a new order every epoch.
            class_weight: {class: weight} or "balanced".
            sample_weight: one weight a sample.
            initial_epoch: number of epochs that are already done.
            steps_per_epoch: batches an epoch; needed for endless generators. The next epoch goes on where this one stopped, and
                an epoch may be longer than a pass over the data.
            validation_steps, validation_batch_size: batches of a validation, None for all; samples a batch.
            validation_freq: epochs from one validation to the next, or a list of epochs (from 1) that end in one.
            validation_split_mode: "tail" as in Keras or "stratified": every class in the same share on both sides, seeded.
            mix: MixUp(...) or CutMix(...): blends pictures and labels of each batch; labels are rows, see `to_categorical`.
            sampling: "balanced": an epoch draws every class equally often, whatever its number of samples; {class: weight}, or a
                weight for each sample: so often, relatively, it is drawn. None: each once. See `nabi.training.sampling`.
            run: folder to write a run to (recipe, events, history, model, checkpoint, report); None writes nothing.
            time_budget: how long this call may take, see below: "90s", "10m", "1h30m", seconds, a timedelta; None sets no limit.

        History has "loss" first, then losses of outputs and metrics as `compile` lists them, then the same as val_...; Keras 3
        sorts the names.
        With `time_budget` the speed is measured on a copy of the model, and epochs and batch size are planned from it: as many
        epochs as fit, but no more than `epochs` where that is given; `batch_size` as given, else 32, or 64, 128, 256 where that
        brings clearly more pictures a second and leaves enough steps (the rule: `nabi.training.budget`). It says what it chose;
        `history.budget` has it all. A clock corrects the number of epochs when the machine becomes slower or faster, cuts an
        epoch that cannot end in time, and ends training within the budget; what comes after training (a report, putting back the
        best weights) comes on top, and so does preparing a machine's kernels, which the first step of all waits for: if that
        takes longer than the budget, one step is trained, and it is said. A constant learning rate stays as it is;
        `OneCycle(peak)` takes its length from the plan. EarlyStopping goes well with it. A resumed run has what is left of its
        time, and the plan that it had. How many epochs
        there are depends on the machine; where only whole epochs at a constant rate were trained, the same `batch_size` and
        `epochs=len(history.epoch)` give the same weights. Batches from a generator are not measured: the clock alone decides.

        Ctrl-C once: the batch is finished and the History returned with `interrupted` set; twice: KeyboardInterrupt.
        """
        return self.require_trainer("fit").fit(
            x, y, batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks, validation_split=validation_split,
            validation_data=validation_data, shuffle=shuffle, class_weight=class_weight, sample_weight=sample_weight,
            initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch, validation_steps=validation_steps,
            validation_batch_size=validation_batch_size, validation_freq=validation_freq,
            validation_split_mode=validation_split_mode, run=run, time_budget=time_budget, mix=mix, sampling=sampling)

    @checked
    def evaluate(self, x=None, y=None, batch_size=None, verbose: int | str = "auto", sample_weight=None, steps=None,
                 callbacks=None, return_dict=False):
        """Loss and metrics on given data: a number, a list [loss, *losses of outputs, *metrics], or a dict in this order.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: as in `fit`.
            steps: batches to evaluate; None means all.
            return_dict: give {"loss": ..., metric: ...}, which Keras 3 sorts by name; the list is in Keras' order.
        """
        return self.require_trainer("evaluate").evaluate(
            x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight, steps=steps, callbacks=callbacks,
            return_dict=return_dict)

    @checked
    def predict(self, x, batch_size=None, verbose: int | str = "auto", steps=None, callbacks=None):
        """The outputs for x as NumPy arrays.

        Args:
            x: array, list or dict of arrays, or a generator of batches.
            batch_size: samples computed at once; None lets nabi choose (Keras takes 32): up to 256, fewer for large pictures.
            verbose, steps, callbacks: as in `evaluate`.
        """
        return lookup("trainer", "predict")(self, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks)

    @checked
    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        """One step on one batch; gives the loss and metrics of that batch."""
        return self.require_trainer("train_on_batch").train_on_batch(x, y, sample_weight, class_weight, return_dict)

    @checked
    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Loss and metrics of one batch, without learning."""
        return self.require_trainer("test_on_batch").test_on_batch(x, y, sample_weight, return_dict)

    @checked
    def predict_on_batch(self, x):
        """Outputs for one batch as NumPy arrays."""
        return lookup("trainer", "predict_on_batch")(self, x)

    # Steps, which a class of one's own may write anew ----------------------------------------------------------------------

    def train_step(self, data):
        """What `fit` does with one batch; a class of one's own may write another. Gives the logs.

        Args:
            data: what `fit` was given, a batch of it: x, (x, y) or (x, y, sample_weight), as tensors.

        Within it `self(x, training=True)` is followed by autograd: `self.zero_grad()`, `loss.backward()`,
        `[w.value.grad for w in self.trainable_weights]`, `self.optimizer.apply(gradients, weights)`.
        """
        return self.require_trainer("train_step").own.usual_train_step(data)

    def test_step(self, data):
        """What `evaluate` does with one batch; `data` and logs as of `train_step`. Nothing in it is followed by autograd."""
        return self.require_trainer("test_step").own.usual_test_step(data)

    def predict_step(self, data):
        """What `predict` does with one batch: the outputs; a class of one's own may write another."""
        model: Any = self
        return model(data[0] if isinstance(data, tuple) else data, training=False)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of one batch, as a scalar: those of `compile`, and `self.losses`. A class of one's own may write another."""
        return self.require_trainer("compute_loss").own.usual_loss(y, y_pred, sample_weight)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Takes one batch into the metrics and gives the logs; a class of one's own may write another."""
        return self.require_trainer("compute_metrics").own.usual_metrics(y, y_pred, sample_weight)

    def zero_grad(self, set_to_none=True):
        """Forgets the gradients that have gathered in `weight.value.grad`; `set_to_none` is accepted as in torch."""
        model: Any = self
        for weight in model.weights:
            weight.value.grad = None

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called, and nothing was added or taken off since."""
        return self.trainer is not None

    def get_compile_config(self) -> dict | None:
        """What `compile` was given, as plain data; None before. `compile_from_config` takes it, also of another model.

        Raises ArgumentError: a loss, metric or schedule that is not registered.
        """
        from nabi.models.compiled import compile_config

        return compile_config(self)

    def compile_from_config(self, config):
        """Compiles with what `get_compile_config` gave, with a fresh optimizer."""
        from nabi.models.compiled import compile_from_config

        compile_from_config(self, config)

    def require_trainer(self, method: str):
        """What `compile` made."""
        if self.trainer is None:
            raise StateError(f"model.{method}", "a compiled model", "one that is not compiled (or was changed since)",
                             "Call model.compile(optimizer=..., loss=...) first.")
        return self.trainer

    @checked
    def check(self, x, y=None):
        """Looks the data over before training: value range, labels against the loss, missing classes, NaN, forgotten Flatten.

        Returns:
            A list of findings, each one sentence; empty if all is well.
        """
        return self.require_trainer("check").findings(x, y)

    def lr_find(self, x, y=None, batch_size=None, *, start=1e-6, stop=10.0, steps=100):
        """Range test: trains a copy of this model for so many steps while the learning rate rises, and tells where it learns.

        Args:
            x, y, batch_size: as in `fit`; arrays.
            start, stop: the first and the last rate; those between grow by a constant factor.
            steps: steps, one batch each.

        Returns: what was found: `rate`, where the loss falls fastest; `rates`, `losses`, `smoothed`; `figure()`. `falls` is False
        where no rate brings the loss down, as for a model that has learned these data; then `rate` is one at which training may
        go on. The model itself stays as it is.

        Example:
            >>> import numpy as np, nabi
            >>> nabi.utils.set_random_seed(1)
            >>> model = nabi.Sequential([nabi.Input((1,)), nabi.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> x = np.linspace(-1, 1, 64)[:, None]
            >>> 0.01 < model.lr_find(x, 3 * x).rate < 3
            True
        """
        return lookup("trainer", "lr_find")(self, x, y, batch_size, start, stop, steps)

    def plan(self):
        """The fusion plan: which layers run as one kernel, in which precision; print it."""
        return self.require_trainer("plan").plan()

    @property
    def optimizer(self):
        """The optimizer that `compile` was given; setting it is what compiling with another one would be."""
        return self.trainer.optimizer if self.trainer else None

    @optimizer.setter
    def optimizer(self, value):
        self.require_trainer("optimizer").take_optimizer(value)

    @property
    def loss(self):
        """The loss that `compile` was given."""
        return self.trainer.objective.given_loss if self.trainer else None

    @property
    def metrics_names(self) -> list[str]:
        """Names of what `evaluate` returns, in order."""
        return self.require_trainer("metrics_names").names

    @checked
    def summary(self, line_length=None, positions=None, print_fn=None, expand_nested=False, show_trainable=False,
                layer_range=None, *, show=None):
        """Prints the layers with shapes, parameters, multiply-adds, activation memory and receptive field.

        Args:
            line_length, print_fn, expand_nested, show_trainable, layer_range: as in Keras.
            positions: accepted as in Keras.
            show: "arithmetic" shows how each number comes about.
        """
        from nabi.models.summary import summary

        text = summary(self, line_length=line_length, expand_nested=expand_nested, show_trainable=show_trainable,
                       layer_range=layer_range, show=show)
        (print_fn or print)(text)

    @checked
    def save(self, filepath, overwrite=True, include_optimizer=True):
        """Writes the model as one `.safetensors` file: architecture, weights, compile settings, card.

        "model.keras" and "model.h5" write Keras' own formats, which Keras reads. In `.safetensors`
        the optimizer's memory is not kept: what `load_model` gives begins anew there. To go on with a training as if it had not
        stopped, see `save_checkpoint` and `BackupAndRestore`.
        """
        from nabi.models.saving import save_model

        save_model(self, filepath, overwrite=overwrite, include_optimizer=include_optimizer)

    @checked
    def save_weights(self, filepath, overwrite=True):
        """Writes the weights alone, under `<layer>/<weight>`, in Keras' shapes; ".weights.h5" and ".h5" are Keras' formats."""
        from nabi.models.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite)

    @checked
    def load_weights(self, filepath, skip_mismatch=False, by_name=False):
        """Reads weights saved by `save` or `save_weights`, or by Keras; names and shapes must match.

        Args:
            filepath: .safetensors, .weights.h5, .h5, .hdf5 or .keras.
            skip_mismatch: leaves layers of other shapes as they are, in Keras' files.
            by_name: takes layers of the same names from a .h5 file, whatever else there is.
        """
        from nabi.models.saving import load_weights

        load_weights(self, filepath, skip_mismatch, by_name)

    @checked
    def to_code(self, framework="keras", path=None):
        """The model as code of Keras 3 or PyTorch that runs without nabi; with a path it is written, its weights beside it.

        Args:
            framework: "keras" or "torch".
            path: ends in ".py": net.py comes with net.weights.h5, or net.npz for torch. None only gives the code.
        """
        from nabi.models.code import to_code

        return to_code(self, framework, path)

    def save_checkpoint(self, filepath):
        """Writes all that an exact resume needs: weights, optimizer state, counters, and during `fit` History and callbacks.

        For runs that resume by themselves see `BackupAndRestore`.
        """
        self.require_trainer("save_checkpoint").save_checkpoint(filepath)

    def load_checkpoint(self, filepath):
        """Takes up weights, optimizer state and counters where `save_checkpoint` was called; during `fit` everything."""
        self.require_trainer("load_checkpoint").load_checkpoint(filepath)
