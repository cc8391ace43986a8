"""Models that change between fits: add and pop, freezing, rates by layer, weights without decay, late building."""

import warnings

import numpy as np
import pytest

import nabi
from nabi import layers
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.models.rates import frozen_layers, rates
from parity.twins import Twins, chain, close, labels, one_hot, pictures, randomize

X, Y = pictures(), one_hot(labels())
FLAT = X.reshape(40, -1)[:, :12]


def dense_net(seed=3, **first):
    model = nabi.Sequential([nabi.Input((12,)), layers.Dense(6, activation="tanh", name="first", **first),
                             layers.Dense(5, activation="tanh", name="second"), layers.Dense(3, name="last")])
    randomize(model, seed)
    return model


def bits(model) -> list[bytes]:
    return [w.tobytes() for w in model.get_weights()]


def changed(before, model) -> list[str]:
    """Names of the weights that are not, bit for bit, what they were."""
    names = [f"{layer.name}/{w.name}" for layer in model.layers for w in layer.weights]
    return [name for name, a, b in zip(names, before, bits(model), strict=True) if a != b]


# trainable and rate_factor, changed after compile -----------------------------------------------------------------------


@pytest.mark.parametrize("change, said, moves", [
    ({"trainable": True}, r"layer 'first' and 1 more: .*trainable=True since.* model.compile\(...\) .*they stay frozen", []),
    ({"trainable": False}, "layer 'last': .*trainable=False since.*it stays learning", ["last/kernel", "last/bias"]),
    ({"rate_factor": 0.5}, "layer 'last': .*another rate_factor since.*it stays as fast", ["last/kernel", "last/bias"])])
def test_what_changed_since_compile_is_told_once_a_fit(change, said, moves):
    """What learned at compile learns on, and the warning says so; after another compile there is none, and the change works."""
    model = dense_net()
    changing = model.layers[:2] if change == {"trainable": True} else model.layers[2:]
    for layer in model.layers:
        layer.trainable = layer is model.layers[2] and change != {"trainable": True}
    model.compile("sgd", "mse")
    for layer in changing:
        for name, value in change.items():
            setattr(layer, name, value)
    before = bits(model)
    with pytest.warns(UserWarning, match=said) as caught:
        model.fit(FLAT, Y, epochs=2, verbose=0)
    assert len(caught) == 1 and changed(before, model) == moves and model.check(FLAT, Y) == [str(caught[0].message)]
    model.compile("sgd", "mse")
    before = bits(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(FLAT, Y, epochs=1, verbose=0)
    assert ("first/kernel" in changed(before, model)) == (change == {"trainable": True})
    assert ("last/kernel" in changed(before, model)) == ("rate_factor" in change)


# add and pop --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda m: m.add(layers.Dense(2)), lambda m: m.pop()], ids=["add", "pop"])
def test_add_and_pop_ask_for_compile(change):
    model = dense_net()
    model.compile("sgd", "mse")
    model.fit(FLAT, Y, epochs=1, verbose=0)
    change(model)
    for call in (lambda: model.fit(FLAT, Y), lambda: model.evaluate(FLAT, Y), lambda: model.train_on_batch(FLAT, Y)):
        with pytest.raises(StateError, match=r"expected a compiled model, got one that is not compiled \(or was changed since\)"):
            call()


def test_after_add_and_pop_training_goes_on_with_the_right_numbers(keras64):
    """The changed model trains as a Keras model does that was built in its final form from the same weights."""
    start = chain(("Dense", {"units": 6, "activation": "tanh"}), ("Dense", {"units": 4}), shape=(12,))
    twins = Twins(keras64, start, "adam", "mse")
    twins.ours.fit(FLAT, Y[:, [0, 1, 2, 0]], epochs=1, verbose=0)
    twins.ours.pop()
    twins.ours.add(layers.Dense(5, activation="tanh", dtype="float64"))
    twins.ours.add(layers.Dense(3, activation="softmax", dtype="float64"))
    shape = [("Dense", {"units": n, "activation": a}) for n, a in ((6, "tanh"), (5, "tanh"), (3, "softmax"))]
    final = Twins(keras64, chain(*shape, shape=(12,)), "adam", "categorical_crossentropy", ["accuracy"])
    final.ours = twins.ours
    final.theirs.set_weights(twins.ours.get_weights())
    final.ours.compile("adam", "categorical_crossentropy", metrics=["accuracy"], precision="float64")
    final.assert_equal(FLAT, Y)
    assert len({id(w.store) for w in final.ours.weights}) == 2, "the old weights stay in their store, the new ones have another"


# Freezing -----------------------------------------------------------------------------------------------------------------


def test_frozen_weights_do_not_move_by_one_bit_and_stay_where_they_are():
    model = dense_net()
    model.compile(nabi.optimizers.Adam(0.01, weight_decay=0.1), "mse", precision="float32")
    model.fit(FLAT, Y, epochs=1, verbose=0)
    store, places = model.weights[0].store, {id(w): w.value.data_ptr() for w in model.weights}
    assert [len(span.segments) for span in model.trainer.binding.spans] == [6]
    model.get_layer("second").trainable = False
    model.compile(nabi.optimizers.Adam(0.01, weight_decay=0.1), "mse", precision="float32")
    before = bits(model)
    model.fit(FLAT, Y, epochs=2, verbose=0)
    assert changed(before, model) == ["first/kernel", "first/bias", "last/kernel", "last/bias"]
    assert [len(span.segments) for span in model.trainer.binding.spans] == [2, 2], "the run is cut where the frozen layer lies"
    assert all(w.store is store and w.value.data_ptr() == places[id(w)] for w in model.weights), "freezing moves nothing"
    model.get_layer("second").trainable = True
    before = bits(model)
    with pytest.warns(UserWarning, match="layer 'second'"):
        model.fit(FLAT, Y, epochs=1, verbose=0)
    assert len(changed(before, model)) == 4, "what learns was fixed at compile"
    model.compile("sgd", "mse")
    model.fit(FLAT, Y, epochs=1, verbose=0)
    assert len(changed(before, model)) == 6 and len(model.trainer.binding.spans) == 1


NORMALISED = chain(("Dense", {"units": 6, "activation": "tanh"}), ("BatchNormalization", {}),
                   ("Dense", {"units": 3, "activation": "softmax"}), shape=(12,))


def test_freezing_and_thawing_is_keras(keras64):
    twins = Twins(keras64, NORMALISED, "adam", "categorical_crossentropy")
    for frozen in ([0, 1], [1], []):
        for model in (twins.ours, twins.theirs):
            for number, layer in enumerate(model.layers):
                layer.trainable = number not in frozen
        twins.ours.compile("adam", "categorical_crossentropy", precision="float64")
        twins.theirs.compile("adam", "categorical_crossentropy")
        twins.assert_equal(FLAT, Y, epochs=1)


def test_nested_freezing_goes_layer_by_layer(keras64):
    """`base.trainable = False` freezes all of it, and one layer of it can be thawed: Keras 3's rule."""

    def recipe(lib):
        base = lib.Sequential([lib.Input((12,)), lib.layers.Dense(6, activation="tanh"), lib.layers.Dense(5, activation="tanh")])
        base.trainable = False
        base.layers[-1].trainable = True
        return lib.Sequential([lib.Input((12,)), base, lib.layers.Dense(3, activation="softmax")])

    twins = Twins(keras64, recipe, "sgd", "categorical_crossentropy")
    assert [w.shape for w in twins.ours.trainable_weights] == [tuple(w.shape) for w in twins.theirs.trainable_weights]
    twins.assert_equal(FLAT, Y)
    twins.ours.trainable = False
    assert twins.ours.trainable_weights == [] and rates(twins.ours) == {} and len(frozen_layers(twins.ours)) == 3


def test_a_model_that_is_frozen_altogether_still_runs():
    model = dense_net()
    model.trainable = False
    model.compile("adam", "mse")
    before = bits(model)
    history = model.fit(FLAT, Y, epochs=2, verbose=0, shuffle=False)
    assert bits(model) == before and model.trainer.binding.spans == []
    assert history.history["loss"][0] == history.history["loss"][1] == pytest.approx(model.evaluate(FLAT, Y, verbose=0))


# Rates --------------------------------------------------------------------------------------------------------------------


def one_step(model, optimizer):
    """Change of each weight in one step."""
    model.compile(optimizer, "mse", precision="float64")
    before = [w.copy() for w in model.get_weights()]
    model.train_on_batch(FLAT, Y)
    return [b - a for a, b in zip(before, model.get_weights(), strict=True)]


def test_a_rate_factor_scales_the_step_of_its_layer():
    plain = one_step(dense_net(), nabi.optimizers.SGD(0.1))
    model = dense_net(rate_factor=0.25)
    model.get_layer("last").rate_factor = 3.0
    for change, usual, factor in zip(one_step(model, nabi.optimizers.SGD(0.1)), plain, [0.25, 0.25, 1, 1, 3, 3], strict=True):
        close(change, factor * usual, 1e-6)
    assert [span.rate for span in model.trainer.binding.spans] == [0.25, 1.0, 3.0]
    model.get_layer("first").rate_factor = 1.0
    model.train_on_batch(FLAT, Y)
    assert [span.rate for span in model.trainer.binding.spans] == [0.25, 1.0, 3.0], "fixed at compile"


def test_rate_factors_of_models_multiply_and_zero_stands_still():
    base = dense_net(rate_factor=0.5)
    base.rate_factor = 0.1
    model = nabi.Sequential([nabi.Input((12,)), base, layers.Dense(3, rate_factor=0)])
    assert list(rates(model).values()) == [pytest.approx(0.05), 0.1, 0.1, 0.0]
    model.compile("adam", "mse")
    before = model.layers[1].get_weights()
    model.fit(FLAT, Y, epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.layers[1].get_weights(), strict=True))


def test_a_rate_factor_is_part_of_the_configuration():
    model = nabi.Sequential([nabi.Input((12,)), layers.Dense(3, rate_factor=0.1)])
    model.rate_factor = 0.5
    assert layers.Dense.from_config(model.layers[0].get_config()).rate_factor == 0.1
    again = nabi.Sequential.from_config(model.get_config())
    assert again.rate_factor == 0.5 and list(rates(again).values()) == [0.05]


@pytest.mark.parametrize("wrong", [-1, "0.1", float("nan"), None])
def test_an_impossible_rate_factor_is_refused(wrong):
    with pytest.raises(ArgumentError, match=r"Dense\(rate_factor\): expected a finite number from 0 upwards"):
        dense_net(rate_factor=wrong)
    model = dense_net()
    model.layers[0].rate_factor = wrong
    with pytest.raises(ArgumentError, match=r"Dense 'first'.rate_factor: expected a number, 0 or more"):
        model.compile("sgd", "mse")


def test_weights_without_decay_by_name_are_keras(keras64):
    def optimizer(lib):
        made = lib.optimizers.AdamW(0.01, weight_decay=0.2)
        made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return made

    twins = Twins(keras64, NORMALISED, optimizer, "categorical_crossentropy")
    twins.assert_equal(FLAT, Y)
    spans = [(len(span.segments), span.decay) for span in twins.ours.trainer.binding.spans]
    assert spans == [(1, True), (3, False), (1, True), (1, False)]


# Late building ------------------------------------------------------------------------------------------------------------


def late():
    return nabi.Sequential([layers.Dense(6, activation="tanh"), layers.Dropout(0.2), layers.Dense(3, activation="softmax")])


@pytest.mark.parametrize("first", ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "build", "generator"])
def test_a_model_without_an_input_shape_is_built_by_its_first_data(first):
    model = late()
    assert model.weights == []
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    assert model.metrics_names == ["loss", "accuracy"]
    calls = {"fit": lambda: model.fit(FLAT, Y, epochs=1, verbose=0), "evaluate": lambda: model.evaluate(FLAT, Y, verbose=0),
             "predict": lambda: model.predict(FLAT, verbose=0), "train_on_batch": lambda: model.train_on_batch(FLAT, Y),
             "test_on_batch": lambda: model.test_on_batch(FLAT, Y), "build": lambda: model.build((None, 12)),
             "generator": lambda: model.fit(((FLAT[i:i + 8], Y[i:i + 8]) for i in range(0, 40, 8)), verbose=0)}
    calls[first]()
    assert model.count_params() == 13 * 6 + 7 * 3
    if first == "generator":
        assert model.optimizer.iterations == 5, "the batch by which it was built was learned from too"
    before = model.optimizer.iterations
    model.fit(FLAT, Y, epochs=3, verbose=0)
    assert model.optimizer.iterations == before + 6


def test_a_late_model_trains_as_one_that_knew_its_shape():
    known = nabi.Sequential([nabi.Input((12,)), *late().layers])
    unknown = late()
    for model in (known, unknown):
        model.counters.drawn = 5
        model.compile("adam", "categorical_crossentropy")
    unknown.build((None, 12))
    randomize(known)
    randomize(unknown)
    assert known.fit(FLAT, Y, epochs=2, verbose=0).history == unknown.fit(FLAT, Y, epochs=2, verbose=0).history


def test_what_is_said_before_the_shape_is_known():
    model = late()
    shown = []
    model.summary(print_fn=shown.append)
    assert "not built yet: 3 layers, input shape unknown" in shown[0]
    with pytest.raises(StateError, match="a model that knows its input shape.*input_shape="):
        model.require_graph()
    with pytest.raises(StateError, match="a compiled model"):
        model.fit(FLAT, Y)
    empty = nabi.Sequential()
    empty.compile("sgd", "mse")
    with pytest.raises(StateError, match="expected layers, got none"):
        empty.fit(FLAT, Y)


def test_a_built_chain_refuses_another_shape():
    model = late()
    model.build((None, 12))
    model.build((None, 12))
    with pytest.raises(ShapeError, match="12"):
        model.build((None, 13))
