"""Further words of Keras: steps without state, clones that are called otherwise, means of arrays, batch sizes that are told.

Oracle: the numbers and names that Keras 3.15 (torch) gives for the same lines; MeanTensor: tf_keras 2.21.
"""

from typing import Any

import numpy as np
import pytest
import torch

from nabi.core.errors import ShapeError, StateError


def test_a_step_without_state(served):
    keras: Any = __import__("keras")

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")])
    optimizer = keras.optimizers.Adam(0.1)
    with pytest.raises(StateError, match="optimizer.build"):
        optimizer.stateless_apply([], [], [])
    optimizer.build(model.trainable_variables)
    weights, memory = [v.value for v in model.trainable_variables], list(optimizer.variables)
    for number, wanted in ((1, 0.9), (2, 0.8)):
        weights, memory = optimizer.stateless_apply(memory, [torch.ones_like(v) for v in weights], weights)
        np.testing.assert_allclose(weights[0], np.full((3, 2), wanted), rtol=1e-6)
        assert int(memory[0]) == number
    assert optimizer.iterations == 0 and (model.get_weights()[0] == 1).all()


def test_clones_that_are_called_otherwise(served):
    keras: Any = __import__("keras")

    seen, inputs = [], keras.Input((3,))
    model = keras.Model(inputs, keras.layers.ReLU(name="r")(keras.layers.Dense(4, name="d")(inputs)))

    def with_dropout(layer, *args, **kwargs):
        seen.append(layer.name)
        made = layer(*args, **kwargs)
        return keras.layers.Dropout(0.5, name="extra")(made) if layer.name == "d" else made

    twin = keras.models.clone_model(model, call_function=with_dropout)
    assert seen == ["d", "r"] and [layer.name for layer in twin.layers[1:]] == ["d", "extra", "r"]
    chain = keras.models.clone_model(keras.Sequential([inputs, keras.layers.Dense(4, name="d")]), call_function=with_dropout)
    assert [layer.name for layer in chain.layers[1:]] == ["d", "extra"]


def test_means_of_arrays(served):
    keras: Any = __import__("keras")

    mean = keras.metrics.MeanTensor()
    with pytest.raises(StateError, match="update_state"):
        mean.result()
    mean.update_state([0, 1, 2, 3.0])
    mean.update_state([4, 5, 6, 7.0], sample_weight=[1, 0.2, 1, 0])
    np.testing.assert_allclose(mean.result(), [2, 1.6666666, 4, 3], rtol=1e-6)
    with pytest.raises(ShapeError, match=r"\(4,\)"):
        mean.update_state([1, 2])
    mean.reset_state()
    assert mean.result().tolist() == [0, 0, 0, 0]


def test_batch_sizes_that_are_told(served, capsys):
    keras: Any = __import__("keras")

    inputs = keras.Input((3,), batch_size=4)
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    chain = keras.Sequential([keras.Input(batch_shape=(4, 3, 2)), keras.layers.LSTM(5, stateful=True), keras.layers.Dense(1)])
    assert (model.input_shape, model.output_shape, chain.input_shape, chain.output_shape) == ((4, 3), (4, 2), (4, 3, 2), (4, 1))
    free = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    assert free.output_shape == (None, 2) and free.predict(np.ones((5, 3)), verbose=0).shape == (5, 2)
    batches = (np.ones((4, 3)) for _ in range(3))
    free.predict_generator(batches, steps=2)
    assert capsys.readouterr().out == ""


def test_a_bias_that_is_not_there(served):
    keras: Any = __import__("keras")

    layer = keras.layers.EinsumDense("ab,bc->ac", output_shape=5)
    layer(np.ones((2, 3), "float32"))
    assert layer.bias is None
