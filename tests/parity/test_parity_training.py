"""Optimizers, losses, weights, schedules, splits in whole fits, against Keras 3 in float64 to 1e-9; float32 within bounds."""

import numpy as np
import pytest
from twins import Twins, chain, close, labels, one_hot, pictures

NET = chain(("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "tanh"}), ("Flatten", {}),
            ("Dense", {"units": 3, "activation": "softmax"}))

OPTIMIZERS = {
    "sgd": lambda lib: lib.optimizers.SGD(0.05),
    "momentum": lambda lib: lib.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda lib: lib.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adagrad": lambda lib: lib.optimizers.Adagrad(0.05),
    "adadelta": lambda lib: lib.optimizers.Adadelta(1.0),
    "rmsprop": lambda lib: lib.optimizers.RMSprop(0.01),
    "rmsprop momentum centered": lambda lib: lib.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adam": lambda lib: lib.optimizers.Adam(0.01),
    "amsgrad": lambda lib: lib.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda lib: lib.optimizers.AdamW(0.01, weight_decay=0.1),
    "adamax": lambda lib: lib.optimizers.Adamax(0.01),
    "nadam": lambda lib: lib.optimizers.Nadam(0.01),
    "lion": lambda lib: lib.optimizers.Lion(0.01, weight_decay=0.1),
    "clipnorm": lambda lib: lib.optimizers.SGD(0.5, clipnorm=0.01),
    "global_clipnorm": lambda lib: lib.optimizers.SGD(0.5, global_clipnorm=0.01),
    "clipvalue": lambda lib: lib.optimizers.Adam(0.05, clipvalue=1e-3),
    "weight decay": lambda lib: lib.optimizers.SGD(0.05, momentum=0.9, weight_decay=0.05),
    "ema": lambda lib: lib.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
    "accumulation": lambda lib: lib.optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "exponential decay": lambda lib: lib.optimizers.SGD(lib.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)),
    "cosine with warm-up": lambda lib: lib.optimizers.Adam(
        lib.optimizers.schedules.CosineDecay(0.0, 15, warmup_target=0.05, warmup_steps=5)),
    "restarts": lambda lib: lib.optimizers.SGD(lib.optimizers.schedules.CosineDecayRestarts(0.1, 6, m_mul=0.5)),
    "piecewise": lambda lib: lib.optimizers.SGD(lib.optimizers.schedules.PiecewiseConstantDecay([6, 12], [0.1, 0.05, 0.01])),
}


QUICK = {"momentum", "rmsprop momentum centered", "adam", "adamw", "clipnorm", "global_clipnorm", "ema", "accumulation",
         "cosine with warm-up"}  # each formula walks Keras' path in tests/optimizers and tests/schedules


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.learn) for name in OPTIMIZERS])
def test_optimizer(keras64, name):
    Twins(keras64, NET, OPTIMIZERS[name], "categorical_crossentropy", ["accuracy"]).assert_equal(pictures(), one_hot(labels()))


def ends_in(activation, units):
    return chain(("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "relu"}), ("Flatten", {}),
                 ("Dense", {"units": units, "activation": activation}))


RNG = np.random.default_rng(8)
REAL = RNG.normal(size=(40, 3))
POSITIVE = RNG.uniform(0.1, 3, size=(40, 3))
SHARES = RNG.dirichlet([1, 1, 1], 40)
BINARY = (RNG.uniform(size=(40, 1)) > 0.5).astype(float)
SIGNS = np.sign(REAL)

LOSSES = {
    "mean_squared_error": ("linear", REAL), "mean_absolute_error": ("linear", REAL),
    "mean_absolute_percentage_error": ("linear", POSITIVE), "mean_squared_logarithmic_error": ("softplus", POSITIVE),
    "huber": ("linear", REAL), "log_cosh": ("linear", REAL), "hinge": ("tanh", SIGNS), "squared_hinge": ("tanh", SIGNS),
    "categorical_hinge": ("linear", one_hot(labels())), "kl_divergence": ("softmax", SHARES), "poisson": ("softplus", POSITIVE),
    "cosine_similarity": ("linear", REAL), "categorical_crossentropy": ("softmax", one_hot(labels())),
    "sparse_categorical_crossentropy": ("softmax", labels()), "binary_crossentropy": ("sigmoid", BINARY),
    "binary_focal_crossentropy": ("sigmoid", BINARY), "categorical_focal_crossentropy": ("softmax", one_hot(labels())),
}


END_TO_END = {"mean_squared_error", "hinge", "sparse_categorical_crossentropy", "binary_crossentropy"}  # tests/losses has all


@pytest.mark.parametrize("name", [name if name in END_TO_END else pytest.param(name, marks=pytest.mark.learn) for name in LOSSES])
def test_loss(keras64, name):
    activation, y = LOSSES[name]
    units = 1 if y is BINARY else 3
    Twins(keras64, ends_in(activation, units), "sgd", name).assert_equal(pictures(), y)


@pytest.mark.parametrize("loss, activation, y", [
    (lambda lib: lib.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "linear", one_hot(labels())),
    (lambda lib: lib.losses.CategoricalCrossentropy(label_smoothing=0.1), "softmax", one_hot(labels())),
    (lambda lib: lib.losses.SparseCategoricalCrossentropy(from_logits=True), "linear", labels()),
    (lambda lib: lib.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2), "linear", BINARY),
    (lambda lib: lib.losses.BinaryCrossentropy(), "sigmoid", (REAL > 0).astype(float)),
    (lambda lib: lib.losses.MeanSquaredError(reduction="sum"), "linear", REAL / 50),
])  # fmt: skip
def test_loss_options(keras64, loss, activation, y):
    Twins(keras64, ends_in(activation, 1 if y is BINARY else 3), "sgd", loss).assert_equal(pictures(), y)


WEIGHTS = np.random.default_rng(9).uniform(0.1, 3, 40)


@pytest.mark.parametrize("arguments", [
    {"sample_weight": WEIGHTS},
    {"class_weight": {0: 0.2, 1: 1.0, 2: 3.0}},
    {"validation_split": 0.25},
    {"validation_data": (pictures(seed=4), one_hot(labels(seed=5)))},
    {"validation_data": (pictures(seed=4), one_hot(labels(seed=5)), WEIGHTS), "validation_freq": 2},
    {"batch_size": 7},
    {"initial_epoch": 2},
    {"steps_per_epoch": 2},
    {"validation_split": 0.5, "validation_steps": 1, "validation_batch_size": 6},
], ids=lambda a: "+".join(a))  # fmt: skip
def test_fit_arguments(keras64, arguments):
    if "steps_per_epoch" in arguments:
        x, y = pictures(), one_hot(labels())
        twins = Twins(keras64, NET, "adam", "categorical_crossentropy", ["accuracy"])

        def batches():
            while True:
                for begin in range(0, 40, 10):
                    yield x[begin:begin + 10], y[begin:begin + 10]

        ours = twins.ours.fit(batches(), epochs=3, verbose=0, **arguments).history
        theirs = twins.theirs.fit(batches(), epochs=3, verbose=0, **arguments).history
        for key in theirs:
            close(ours[key], theirs[key], 1e-9, key)
        return
    Twins(keras64, NET, "adam", "categorical_crossentropy", ["accuracy"]).assert_equal(pictures(), one_hot(labels()), **arguments)


def test_weighted_metrics_and_evaluate(keras64):
    twins = Twins(keras64, NET, "adam", "categorical_crossentropy", ["accuracy", "mse"], weighted_metrics=["accuracy", "mae"])
    x, y = pictures(), one_hot(labels())
    twins.fit(x, y, sample_weight=WEIGHTS)
    ours = twins.ours.evaluate(x, y, sample_weight=WEIGHTS, batch_size=7, verbose=0, return_dict=True)
    theirs = twins.theirs.evaluate(x, y, sample_weight=WEIGHTS, batch_size=7, verbose=0, return_dict=True)
    assert set(ours) == set(theirs)
    for name in theirs:
        close(ours[name], theirs[name], 1e-9, name)
    assert twins.ours.evaluate(x, y, sample_weight=WEIGHTS, batch_size=7, verbose=0) == list(ours.values())


def test_train_test_and_predict_on_batch(keras64):
    twins = Twins(keras64, NET, "adam", "categorical_crossentropy", ["accuracy"])
    x, y = pictures(), one_hot(labels())
    for _ in range(3):
        ours = twins.ours.train_on_batch(x[:10], y[:10])
        theirs = twins.theirs.train_on_batch(x[:10], y[:10], return_dict=True)
    assert len(ours) == len(theirs) == 2
    close(twins.ours.predict_on_batch(x), twins.theirs.predict_on_batch(x), 1e-9)


@pytest.mark.parametrize("optimizer", ["adam", *(pytest.param(name, marks=pytest.mark.learn) for name in ("sgd", "rmsprop"))])
def test_float32_is_as_near_to_float64_as_keras(keras64, optimizer):
    """Losses and outputs to 1e-5; weights no further from the float64 run than four times Keras' own distance."""
    recipe = chain(("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}), ("MaxPooling2D", {"pool_size": 2}),
                   ("Flatten", {}), ("Dense", {"units": 8, "activation": "relu"}),
                   ("Dense", {"units": 3, "activation": "softmax"}))
    x, y = pictures(), one_hot(labels())
    exact = Twins(keras64, recipe, optimizer, "categorical_crossentropy")
    exact.fit(x, y)
    keras64.config.set_floatx("float32")
    rough = Twins(keras64, recipe, optimizer, "categorical_crossentropy", dtype="float32")
    ours, theirs = rough.fit(x.astype("float32"), y.astype("float32"))
    close(ours["loss"], theirs["loss"], 1e-5)
    close(rough.ours.predict(x, verbose=0), rough.theirs.predict(x.astype("float32"), verbose=0), 1e-5)
    truth = exact.ours.get_weights()
    assert distance(rough.ours.get_weights(), truth) <= 4 * distance(rough.theirs.get_weights(), truth)


def distance(weights, truth) -> float:
    """Euclidean distance of all weights taken together."""
    assert all(w.dtype == np.float32 for w in weights)
    return float(np.sqrt(sum(((w - t) ** 2).sum() for w, t in zip(weights, truth, strict=True))))
