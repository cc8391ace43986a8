"""Layers that number words and categories: by themselves, against Keras where it needs no TensorFlow, and inside models."""

import keras
import numpy as np
import pytest
import torch

import nabi
from nabi.as_keras import lookups
from nabi.core.errors import ArgumentError, StateError
from nabi.data import Dataset, Strings


def test_string_lookup():
    lookup = lookups.StringLookup()
    lookup.adapt(["b", "a", "b", "c", "c", "b"])
    assert lookup.get_vocabulary() == ["[UNK]", "b", "c", "a"] and lookup.vocabulary_size() == 4
    assert lookup(np.array([["a"], ["z"]])).tolist() == [[3], [0]]
    back = lookups.StringLookup(vocabulary=lookup.get_vocabulary(), invert=True)
    assert back([1, 3, 0]).numpy().tolist() == [b"b", b"a", b"[UNK]"]
    masked = lookups.StringLookup(vocabulary=["", "[UNK]", "x"], mask_token="")
    assert masked(["", "q", "x"]).tolist() == [0, 1, 2]
    assert lookups.StringLookup(vocabulary=["a", "b"], output_mode="binary")([["b"], ["?"]]).tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(ArgumentError, match="no number for the unknown"):
        lookups.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"])
    with pytest.raises(StateError, match="adapt"):
        lookups.StringLookup()(["a"])


def test_integer_lookup_and_hashing():
    lookup = lookups.IntegerLookup(output_mode="one_hot")
    lookup.adapt(Dataset.from_tensor_slices(np.array([[1966], [1970], [1966]])).batch(2))
    assert lookup.get_vocabulary() == [-1, 1966, 1970]
    assert lookup(np.array([[1970], [5]])).tolist() == [[0, 0, 1], [1, 0, 0]]
    numbers = lookups.Hashing(7)(["a", "b", "c", "a"]).tolist()
    assert numbers[0] == numbers[3] and len(set(numbers)) > 1 and max(numbers) < 7
    assert lookups.Hashing(3, mask_value="")(["", "x"]).tolist()[0] == 0


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("x", [[[1, 3], [2, 2]], [[1], [3]]])
def test_categories_as_keras(mode, x):
    ours = lookups.CategoryEncoding(4, mode)(np.array(x))
    np.testing.assert_array_equal(ours, keras.layers.CategoryEncoding(4, mode)(np.array(x)).cpu())


def test_bins_as_keras():
    x = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])
    bins = [0.0, 1.0, 2.0]
    assert lookups.Discretization(bins)(x).tolist() == keras.layers.Discretization(bins)(x).tolist()
    learned = lookups.Discretization(num_bins=4)
    learned.adapt(np.arange(100.0))
    assert torch.bincount(learned(np.arange(100.0))).tolist() == [25, 25, 25, 25]


def test_texts_enter_a_model(served):
    from keras import layers

    texts, y = np.array(["good film", "bad film", "so good", "so bad"] * 4), np.array([1, 0, 1, 0] * 4)
    vectorize = layers.TextVectorization(output_sequence_length=4)
    vectorize.adapt(texts)
    model = nabi.Sequential([vectorize, layers.Embedding(9, 4), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("adam", "mse")
    stream = Dataset.from_tensor_slices((texts, y)).batch(8)
    history = model.fit(stream, epochs=2, verbose=0, validation_data=stream)
    assert len(history.history["val_loss"]) == 2
    inside = nabi.Sequential(model.layers[1:])
    wanted = inside.predict(np.asarray(vectorize(texts)), verbose=0)
    np.testing.assert_allclose(model.predict(texts, verbose=0), wanted, atol=1e-6)
    assert model(Strings(["a good one"])).shape == (1, 1)


def test_dict_of_columns(served):
    from keras import Input, Model, layers

    rows = {"thal": np.array(["fixed", "normal", "fixed", "new"]), "age": np.array([60.0, 50.0, 40.0, 30.0])}
    lookup = layers.StringLookup(output_mode="one_hot", vocabulary=["fixed", "normal"])
    thal, age = Input((1,), dtype="string", name="thal"), Input((1,), name="age")
    model = Model([thal, age], layers.Concatenate()([lookup(thal), age]))
    wanted = [[0, 1, 0, 60], [0, 0, 1, 50], [0, 1, 0, 40], [1, 0, 0, 30]]
    assert model.predict(rows, verbose=0).tolist() == wanted
    assert model.predict(Dataset.from_tensor_slices(rows).batch(2), verbose=0).tolist() == wanted
