"""The store: one vector, a segment for each weight in the kernels' memory order, moved but never changed; and the counters."""

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Sequential, layers
from nabi.core import random
from nabi.models.counters import Counters
from nabi.models.store import ALIGN, Store, form_stores


def net():
    return Sequential([Input((8, 8, 3)), layers.Conv2D(5, (3, 2), name="conv"), layers.BatchNormalization(name="norm"),
                       layers.Flatten(), layers.Dense(4, name="dense")])


def test_every_weight_has_a_segment_and_the_value_it_had():
    model = net()
    before = model.get_weights()
    (store,) = form_stores(model.weights, torch.float32)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    places = [store.segments[id(w)] for w in store.weights]
    assert all(start % ALIGN == 0 and stop - start == w.size for (start, stop), w in zip(places, store.weights, strict=True))
    assert all(stop <= start for (_, stop), (start, _) in zip(places, places[1:], strict=False)), "nothing overlaps"
    gaps = torch.ones(store.size, dtype=torch.bool)
    for start, stop in places:
        gaps[start:stop] = False
    assert (store.vector[gaps] == 0).all() and gaps.any()
    assert [w.trainable for w in store.weights] == [True] * 6 + [False] * 2, "learned ones first, counted ones behind them"


def test_weights_are_views_in_the_order_that_the_kernels_like():
    """Keras' shape outside; inside a convolution's kernel lies as (C_out, kH, kW, C_in), a Dense one as (units, n)."""
    model = net()
    (store,) = form_stores(model.weights, torch.float32)
    conv, dense = model.get_layer("conv"), model.get_layer("dense")
    kernel, start = conv.weights[0], store.segments[id(conv.weights[0])][0]
    assert kernel.value.shape == (3, 2, 3, 5)
    assert torch.equal(store.vector[start:start + kernel.size], kernel.value.permute(3, 0, 1, 2).reshape(-1))
    assert conv.torch_kernel().is_contiguous(memory_format=torch.channels_last)
    assert dense.weights[0].value.t().is_contiguous()
    store.vector[start] = 7.0
    assert kernel.numpy()[0, 0, 0, 0] == 7.0 and kernel.numpy().flags.c_contiguous


def test_a_weight_has_one_store_and_stays_there():
    first, second = net(), net()
    (store,) = form_stores(first.weights, torch.float32)
    pointers = [w.value.data_ptr() for w in first.weights]
    stores = form_stores([*first.weights, *second.weights], torch.float32)
    assert stores[0] is store and len(stores) == 2 and [w.value.data_ptr() for w in first.weights] == pointers
    assert form_stores([], torch.float32) == []


def test_another_precision_moves_the_whole_store():
    model = net()
    form_stores(model.weights, torch.float32)
    before = model.get_weights()
    (store,) = form_stores(model.weights[:1], torch.float64)
    assert store.vector.dtype == torch.float64 and all(w.value.dtype == torch.float64 for w in model.weights)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)), "float64 holds float32 exactly"
    (store,) = form_stores(model.weights, torch.float32)
    assert store.vector.dtype == torch.float32


def test_every_change_is_counted():
    model = net()
    (store,) = form_stores(model.weights, torch.float32)
    seen = [store.version]
    for change in (lambda: model.set_weights(model.get_weights()), lambda: model.weights[3].assign(np.ones(5)),
                   lambda: store.vector.mul_(1.0), lambda: model.get_layer("norm")(torch.ones(2, 8, 8, 5), training=True)):
        change()
        seen.append(store.version)
    assert seen == sorted(set(seen))


def test_predict_sees_counted_numbers_that_were_set_by_hand():
    model = net()
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    before = model.predict(x, verbose=0)
    weight = next(w for w in model.weights if w.name == "moving_mean")
    weight.assign(weight.numpy() + 1)
    after = model.predict(x, verbose=0)
    model.get_layer("norm")(torch.ones(2, 8, 8, 5), training=True)
    assert np.abs(after - before).max() > 1e-4 < np.abs(model.predict(x, verbose=0) - after).max()


def test_an_empty_layer_list_and_a_scalar_weight():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((), "ones")

        def call(self, x):
            return x * self.factor

    model = Sequential([Input((3,)), Scale()])
    model.compile(nabi.optimizers.SGD(0.5), "mse", precision="float32")
    model.train_on_batch(np.ones((4, 3)), np.full((4, 3), 3.0))
    assert model.get_weights()[0] == pytest.approx(1 - 0.5 * 2 * (1 - 3)) and isinstance(model.weights[0].store, Store)


# Counters -----------------------------------------------------------------------------------------------------------------


def test_keys_count_the_calls_of_each_layer():
    counters, layer = Counters(), layers.Dropout(0.5)
    keys = [counters.key(layer, index) for index in (0, 1, 0)]
    assert [(key.layer, key.call) for key in keys] == [(0, 0), (1, 0), (0, 1)] and len({key.seed for key in keys}) == 1
    assert counters.key(layers.Dropout(0.5, seed=7), 2).seed == 7


def test_a_state_comes_back_and_an_undrawn_seed_stays_undrawn():
    counters = Counters()
    assert counters.state()["seed"] is None
    counters.key(layers.Dropout(0.5), 3)
    counters.epochs = 5
    again = Counters()
    again.load_state(counters.state())
    assert again.state() == counters.state() and again.key(layers.Dropout(0.5), 3) == counters.key(layers.Dropout(0.5), 3)


def test_the_seed_is_the_programs_and_each_model_has_its_own():
    random.set_seed(5)
    first, second = Counters().seed, Counters().seed
    random.set_seed(5)
    assert Counters().seed == first != second
