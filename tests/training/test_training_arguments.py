"""Arguments of fit, evaluate, predict: steps, epochs, splits, weights, frequencies; each against Keras or a hand computation."""

import warnings

import numpy as np
import pytest

import nabi
from nabi.callbacks import Callback, LambdaCallback
from nabi.core.errors import ArgumentError, DataError, StateError
from parity.twins import Twins, chain, close, labels, one_hot, pictures

X, Y = pictures(), one_hot(labels())
FLAT = X.reshape(40, -1)[:, :12]
NET = chain(("Dense", {"units": 6, "activation": "tanh"}), ("Dense", {"units": 3, "activation": "softmax"}), shape=(12,))


def model(loss="categorical_crossentropy", **compiled):
    made = NET(nabi)
    made.compile("sgd", loss, **compiled)
    return made


class Steps(Callback):
    """Counts what the loop does."""

    def __init__(self):
        self.batches, self.tests, self.epochs = [], [], []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)

    def on_test_batch_end(self, batch, logs=None):
        self.tests.append(batch)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)


# Steps and epochs ---------------------------------------------------------------------------------------------------------


def test_the_lectures_counts_of_steps():
    """50 samples at batch 10 are 5 steps; 20 validation samples at batch 5 are 4 (the notes say 5)."""
    steps, made = Steps(), model()
    x, y = np.tile(FLAT, (2, 1))[:70], np.tile(Y, (2, 1))[:70]
    made.fit(x[:50], y[:50], batch_size=10, validation_data=(x[50:], y[50:]), validation_batch_size=5, verbose=0, callbacks=steps)
    assert steps.batches == [0, 1, 2, 3, 4] and steps.tests == [0, 1, 2, 3] and made.history.params["steps"] == 5
    assert made.optimizer.iterations == 5


@pytest.mark.parametrize("batch_size, expected", [(None, 2), (7, 6), (40, 1), (1000, 1), (np.int64(8), 5)])
def test_batch_size(batch_size, expected):
    steps = Steps()
    model().fit(FLAT, Y, batch_size=batch_size, verbose=0, callbacks=steps)
    assert len(steps.batches) == expected


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "32", True])
def test_impossible_batch_sizes(wrong):
    for call in (lambda m: m.fit(FLAT, Y, batch_size=wrong), lambda m: m.predict(FLAT, batch_size=wrong)):
        with pytest.raises(ArgumentError, match="batch_size: expected a whole number above 0"):
            call(model())


def test_impossible_steps():
    for call, where in ((lambda m: m.evaluate(FLAT, Y, steps=0), "evaluate"), (lambda m: m.predict(FLAT, steps=-1), "predict")):
        with pytest.raises(ArgumentError, match=rf"{where}\(steps\): expected a whole number above 0"):
            call(model())


@pytest.mark.parametrize("argument, wrong", [
    ("epochs", -1), ("epochs", 2.5), ("epochs", True), ("initial_epoch", "1"), ("steps_per_epoch", 0), ("steps_per_epoch", 1.5),
    ("validation_steps", 0), ("validation_freq", 0), ("validation_freq", "2"), ("shuffle", "batch"), ("validation_split", 1.0),
    ("validation_split", -0.1), ("validation_split_mode", "random"), ("verbose", 3),
])  # fmt: skip
def test_impossible_values_are_named(argument, wrong):
    with pytest.raises(ArgumentError, match=argument.split("_mode")[0]):
        model().fit(FLAT, Y, **{"validation_split": 0.5, argument: wrong})


def test_no_epochs_and_initial_epoch():
    made = model()
    before = made.get_weights()
    assert made.fit(FLAT, Y, epochs=0, verbose=0).history == {}
    assert made.fit(FLAT, Y, epochs=2, initial_epoch=2, verbose=0).epoch == []
    assert all(np.array_equal(a, b) for a, b in zip(before, made.get_weights(), strict=True))
    history = made.fit(FLAT, Y, epochs=5, initial_epoch=3, verbose=0)
    assert history.epoch == [3, 4] and len(history.history["loss"]) == 2


def test_no_epochs_leave_averaged_weights_alone():
    made = NET(nabi)
    made.compile(nabi.optimizers.SGD(0.1, use_ema=True), "categorical_crossentropy")
    before = made.get_weights()
    made.fit(FLAT, Y, epochs=0, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, made.get_weights(), strict=True))


def test_a_second_fit_goes_on(keras64):
    twins = Twins(keras64, NET, "adam", "categorical_crossentropy", ["accuracy"])
    twins.assert_equal(FLAT, Y, epochs=2)
    twins.assert_equal(FLAT, Y, epochs=3)
    assert twins.ours.optimizer.iterations == 20 and twins.ours.counters.epochs == 5


def test_two_fits_shuffle_as_one():
    """The order of the samples is a function of the epochs the model has ever trained."""
    once, twice = model(), model()
    twice.set_weights(once.get_weights())
    once.counters.drawn = twice.counters.drawn = 11
    losses = once.fit(FLAT, Y, epochs=4, batch_size=8, verbose=0).history["loss"]
    parts = [twice.fit(FLAT, Y, epochs=2, batch_size=8, verbose=0).history["loss"] for _ in range(2)]
    assert parts[0] + parts[1] == losses


def seen(made, x=None, y=Y, **arguments):
    """Sample numbers of every batch, epoch by epoch, by a data set whose rows say their number."""
    numbers = np.repeat(np.arange(40.0)[:, None], 12, 1) if x is None else x
    batches = []
    step = made.trainer.train_step
    made.trainer.train_step = lambda batch: batches.append(batch.x[0][:, 0].int().tolist()) or step(batch)
    ends = LambdaCallback(on_epoch_end=lambda epoch, logs: batches.append(None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # values 0 to 39 are taken for pixels
        made.fit(numbers, y, verbose=0, callbacks=ends, **arguments)
    epochs, current = [], []
    for batch in batches:
        if batch is None:
            epochs.append(current)
            current = []
        else:
            current.append(batch)
    return epochs


def test_shuffle_gives_every_sample_once_an_epoch_in_another_order():
    epochs = [sum(epoch, []) for epoch in seen(model(), epochs=3, batch_size=7)]
    assert all(sorted(epoch) == list(range(40)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] and epochs[0] != list(range(40))
    assert [sum(epoch, []) for epoch in seen(model(), epochs=2, batch_size=7, shuffle=False)] == [list(range(40))] * 2


def test_steps_per_epoch_goes_on_where_the_last_epoch_stopped():
    """Fewer steps than a pass: Keras 3 does the same. More: the next pass begins (Keras warns and cuts the epoch short)."""
    fewer = seen(model(), epochs=4, batch_size=10, steps_per_epoch=2, shuffle=False)
    assert [[batch[0] for batch in epoch] for epoch in fewer] == [[0, 10], [20, 30]] * 2
    more = seen(model(), epochs=2, batch_size=10, steps_per_epoch=6, shuffle=False)
    assert [[batch[0] for batch in epoch] for epoch in more] == [[0, 10, 20, 30, 0, 10], [20, 30, 0, 10, 20, 30]]
    shuffled = sum((sum(epoch, []) for epoch in seen(model(), epochs=4, batch_size=10, steps_per_epoch=3)), [])
    passes = [shuffled[i:i + 40] for i in (0, 40, 80)]
    assert all(sorted(one) == list(range(40)) for one in passes) and passes[0] != passes[1]


@pytest.mark.parametrize("steps", [1, 2])
def test_steps_per_epoch_on_arrays_is_keras(keras64, steps):
    twins = Twins(keras64, NET, "adam", "categorical_crossentropy")
    twins.assert_equal(FLAT, Y, epochs=6, steps_per_epoch=steps, batch_size=10)


# Validation ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("freq, expected", [(1, [0, 1, 2, 3, 4]), (2, [1, 3]), ([1, 4], [0, 3]), (9, [])])
def test_validation_freq(freq, expected):
    history = model().fit(FLAT, Y, epochs=5, validation_split=0.25, validation_freq=freq, verbose=0)
    assert history.epochs_of.get("val_loss", []) == expected and len(history.history["loss"]) == 5


def test_validation_does_not_change_the_training(keras64):
    """With and without validation the same weights come out, and `evaluate` says what val_ said."""
    with_it, without = model(metrics=["accuracy"]), model(metrics=["accuracy"])
    without.set_weights(with_it.get_weights())
    with_it.counters.drawn = without.counters.drawn = 1
    history = with_it.fit(FLAT, Y, epochs=3, validation_data=(FLAT[:9], Y[:9]), verbose=0).history
    without.fit(FLAT, Y, epochs=3, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(with_it.get_weights(), without.get_weights(), strict=True))
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert with_it.evaluate(FLAT[:9], Y[:9], verbose=0) == [history["val_loss"][-1], history["val_accuracy"][-1]]


def test_validation_data_override_the_split_and_are_checked_before_training():
    steps, made = Steps(), model()
    made.fit(FLAT, Y, validation_split=0.5, validation_data=(FLAT[:5], Y[:5]), verbose=0, batch_size=5, callbacks=steps)
    assert len(steps.batches) == 8 and len(steps.tests) == 1
    before = made.optimizer.iterations
    for wrong in ((FLAT[:5, :3], Y[:5]), (FLAT[:5], labels()[:5]), (FLAT[:5], Y[:4]), FLAT, (FLAT,)):
        with pytest.raises((DataError, nabi.core.errors.ShapeError)):
            made.fit(FLAT, Y, validation_data=wrong, verbose=0)
    assert made.optimizer.iterations == before


def test_stratified_split_takes_every_class():
    y = np.array([0] * 20 + [1] * 12 + [2] * 8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model("sparse_categorical_crossentropy").fit(FLAT, y, validation_split=0.3, verbose=0)
    assert [str(warning.message).split(" part")[0] for warning in caught] == [
        "validation_split: class 2 is missing in the training", "validation_split: class 0 is missing in the validation"]
    assert caught[0].filename == __file__ and "'stratified'" in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = model("sparse_categorical_crossentropy")
        made.fit(FLAT, y, validation_split=0.3, validation_split_mode="stratified", verbose=0)
    with pytest.raises(ArgumentError, match="one array of class labels as y"):
        model("mse").fit(FLAT, np.random.default_rng(0).normal(size=(40, 3)), validation_split=0.3,
                         validation_split_mode="stratified", verbose=0)
    with pytest.raises(ArgumentError, match="a share that leaves samples on both sides"):
        made.fit(FLAT[:3], [0, 1, 2], validation_split=0.5, validation_split_mode="stratified", verbose=0)


# Weights ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("class_weight", [{0: 0.2, 1: 1.0, 2: 3.0}, {0.0: 0.2, 1.0: 1, np.int64(2): 3}, {1: 5.0}])
@pytest.mark.parametrize("form", ["one-hot", "numbers", "column"])
def test_class_weight_forms_are_keras(keras64, class_weight, form):
    y = {"one-hot": Y, "numbers": labels(), "column": labels()[:, None].astype(float)}[form]
    loss = "categorical_crossentropy" if form == "one-hot" else "sparse_categorical_crossentropy"
    twins = Twins(keras64, NET, "sgd", loss)
    theirs = {int(c): w for c, w in class_weight.items()}
    ours = twins.ours.fit(FLAT, y, class_weight=class_weight, verbose=0, shuffle=False, epochs=2).history
    expected = twins.theirs.fit(FLAT, y.squeeze() if form == "column" else y, class_weight=theirs, verbose=0, shuffle=False,
                                epochs=2).history
    close(ours["loss"], expected["loss"], 1e-9)


def test_class_weight_and_sample_weight_multiply(keras64):
    weights = np.random.default_rng(9).uniform(0.1, 3, 40)
    table = {0: 0.2, 1: 1.0, 2: 3.0}
    together, by_hand = model(), model()
    by_hand.set_weights(together.get_weights())
    a = together.fit(FLAT, Y, class_weight=table, sample_weight=weights, shuffle=False, verbose=0, epochs=2).history
    product = weights * np.array([table[c] for c in labels()])
    b = by_hand.fit(FLAT, Y, sample_weight=product, shuffle=False, verbose=0, epochs=2).history
    close(a["loss"], b["loss"], 1e-6)
    together.set_weights(by_hand.get_weights())
    a = together.train_on_batch(FLAT, Y, sample_weight=weights, class_weight=table)
    assert a == pytest.approx(by_hand.train_on_batch(FLAT, Y, sample_weight=product), rel=1e-6)


def test_balanced_class_weight_is_scikit_learns():
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.array([0] * 25 + [1] * 10 + [2] * 5)
    a, b = (model("sparse_categorical_crossentropy") for _ in range(2))
    b.set_weights(a.get_weights())
    ours = a.fit(FLAT, y, class_weight="balanced", shuffle=False, verbose=0).history["loss"]
    theirs = b.fit(FLAT, y, sample_weight=compute_sample_weight("balanced", y), shuffle=False, verbose=0).history["loss"]
    close(ours, theirs, 1e-6)


@pytest.mark.parametrize("arguments, error, message", [
    ({"class_weight": {0: 1.0, 7: 2.0}}, DataError, r"the classes \[0, 1, 2\], got weights for \[0, 7\]"),
    ({"class_weight": {"cat": 1.0}}, ArgumentError, "class numbers as keys"),
    ({"class_weight": {0.5: 1.0}}, ArgumentError, "class numbers as keys"),
    ({"class_weight": {0: -1.0}}, ArgumentError, r"class_weight\[0\]: expected a number, 0 or more"),
    ({"class_weight": "even"}, ArgumentError, "a dict or 'balanced'"),
    ({"sample_weight": np.ones(39)}, nabi.core.errors.ShapeError, "sample_weight: 39"),
    ({"sample_weight": np.ones((40, 5))}, DataError, "one weight a sample"),
    ({"sample_weight": {"nothing": np.ones(40)}}, ArgumentError, "nothing"),
    ({"sample_weight": ["a"] * 40}, DataError, "texts"),
])  # fmt: skip
def test_impossible_weights_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        model().fit(FLAT, Y, verbose=0, **arguments)


def test_class_weight_needs_classes_and_arrays():
    with pytest.raises(DataError, match="one output whose targets are classes"):
        model("mse").fit(FLAT, np.random.default_rng(0).normal(size=(40, 3)), class_weight={0: 2.0}, verbose=0)
    with pytest.raises(ArgumentError, match="class_weight: expected arrays, whose classes can be counted, .* got a generator"):
        model().fit(iter([(FLAT, Y)]), class_weight="balanced", verbose=0)


def test_class_weight_of_a_stream_is_that_of_arrays():
    nets = [model(), model(), model()]
    for net in nets:
        net.build((None, FLAT.shape[1])) if not net.built else None
    for net in nets[1:]:
        net.set_weights(nets[0].get_weights())
    parts = [(FLAT[i : i + 20], Y[i : i + 20]) for i in (0, 20)]
    table = {0: 5.0, 1: 0.5}
    nets[0].fit(FLAT, Y, batch_size=20, class_weight=table, shuffle=False, verbose=0)
    nets[1].fit(iter(parts), steps_per_epoch=2, class_weight=table, verbose=0)
    nets[2].fit(iter(parts), steps_per_epoch=2, verbose=0)
    for arrays, stream, plain in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_allclose(stream, arrays, rtol=1e-6, atol=1e-7)
        assert np.abs(plain - arrays).max() > 1e-5


@pytest.mark.parametrize("form", [lambda w: w, lambda w: w[:, None], lambda w: w.tolist(), lambda w: w.astype("float16"),
                                  lambda w: {"dense_1": w}], ids=["(n,)", "(n, 1)", "list", "float16", "dict"])
def test_forms_of_sample_weight(keras64, form):
    weights = (np.random.default_rng(9).integers(1, 9, 40) / 4).astype("float64")
    twins = Twins(keras64, NET, "sgd", "categorical_crossentropy", weighted_metrics=["accuracy"])
    given = form(weights)
    given = {twins.ours.output_names[0]: weights} if isinstance(given, dict) else given
    ours = twins.ours.fit(FLAT, Y, sample_weight=given, shuffle=False, verbose=0, epochs=2).history
    theirs = twins.theirs.fit(FLAT, Y, sample_weight=weights, shuffle=False, verbose=0, epochs=2).history
    for name in theirs:
        close(ours[name], theirs[name], 1e-9)


def test_arguments_that_keras_gave_up(keras64):
    made = NET(nabi)
    with pytest.raises(ArgumentError, match=r"sample_weight_mode=...\).*Instead, give sample_weight the shape of the targets"):
        made.compile("sgd", "mse", sample_weight_mode="temporal")
    with pytest.raises(ArgumentError, match=r"target_tensors=...\).*Instead, pass targets to fit as y"):
        made.compile("sgd", "mse", target_tensors=[Y])
    made.compile("sgd", "mse", sample_weight_mode=None, target_tensors=None)
    with pytest.raises(ArgumentError, match="compile\\(metric=...\\): expected a known argument, .*metrics"):
        made.compile("sgd", "mse", metric=["accuracy"])


def test_compile_without_optimizer_or_loss():
    made = NET(nabi)
    made.compile(None, "categorical_crossentropy")
    assert isinstance(made.evaluate(FLAT, Y, verbose=0), float)
    with pytest.raises(StateError, match=r"an optimizer, got None. Call compile\(optimizer='adam', ...\)"):
        made.fit(FLAT, Y)
    made.compile("sgd")
    assert made.predict(FLAT, verbose=0).shape == (40, 3)
    with pytest.raises(ArgumentError, match=r"compile\(loss\): expected a loss for at least one output"):
        made.fit(FLAT, Y, verbose=0)
    with pytest.raises(nabi.core.errors.UnknownName, match="Did you mean 'categorical_crossentropy'"):
        made.compile("sgd", "categorical_crossentrpy")
    made.compile("sgd", nabi.losses.MeanSquaredError(reduction="none"))
    with pytest.raises(ArgumentError, match=r"one number a batch, got an array of shape \(32,\).*reduction="):
        made.fit(FLAT, Y, verbose=0)
    with pytest.raises(nabi.core.errors.UnknownName, match="Did you mean 'accuracy'"):
        made.compile("sgd", "mse", metrics=["acuracy"])


@pytest.mark.parametrize("verbose, expected", [(0, 0), (1, 3), (2, 3), ("auto", 3), (False, 0)])
def test_verbose_off_a_terminal(capsys, verbose, expected):
    model().fit(FLAT, Y, epochs=2, verbose=verbose)
    assert len(capsys.readouterr().out.splitlines()) == expected
