"""Layers that number words and categories: by themselves, against Keras where it needs no TensorFlow, and inside models."""

import keras
import numpy as np
import pytest

import nabi
from nabi.as_keras.layers import hashing, lookups
from nabi.core.errors import ArgumentError, DataError, StateError
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
@pytest.mark.parametrize("x", [[[1, 3], [2, 2]], [[1], [3]], [0, 2]])
def test_categories_as_keras(mode, x):
    ours = lookups.CategoryEncoding(4, mode)(np.array(x))
    np.testing.assert_array_equal(ours, keras.layers.CategoryEncoding(4, mode)(np.array(x)).cpu())


def test_weights_of_categories_as_keras():
    x, weights = np.array([[0, 1], [2, 2]]), np.array([[0.1, 0.2], [0.3, 0.4]])
    kinds = (lookups.CategoryEncoding, keras.layers.CategoryEncoding)
    ours, theirs = (kind(4, "count")(x, count_weights=weights) for kind in kinds)
    np.testing.assert_allclose(ours, theirs.cpu())
    with pytest.raises(DataError, match="below 4"):
        lookups.CategoryEncoding(4)([5])


def test_hashes_are_tensorflows():
    """The examples of Keras' own documentation; longer texts by google/farmhash (pyfarmhash 0.5.1)."""
    letters = [["A"], ["B"], ["C"], ["D"], ["E"]]
    for options, wanted in (({}, [1, 0, 1, 1, 2]), ({"salt": [133, 137]}, [1, 2, 1, 0, 2]), ({"salt": 133}, [0, 0, 2, 1, 0])):
        assert lookups.Hashing(3, **options)(letters).tolist() == [[number] for number in wanted]
    assert lookups.Hashing(3, mask_value="")([["A"], ["B"], [""], ["C"], ["D"]]).tolist() == [[1], [1], [0], [2], [2]]
    found = {n: hashing.fingerprint64(bytes(range(n))) for n in (20, 50, 100, 200)}
    assert found == {20: 0x8DD7E7F1BF16A0E9, 50: 0xAB2B921FF69CC9F4, 100: 0x3CFF0F886D8D6195, 200: 0x74C7FCC26D66FB3}
    pairs = (np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102]))
    assert lookups.HashedCrossing(5)(pairs).tolist() == [1, 4, 1, 1, 3]
    assert lookups.HashedCrossing(5, output_mode="one_hot")(pairs).argmax(-1).tolist() == [1, 4, 1, 1, 3]


@pytest.mark.parametrize("kind, entries, data", [
    (lookups.StringLookup, ["a", "b", "c", "d"], [["a", "c", "d", "d"], ["d", "z", "b", "z"]]),
    (lookups.IntegerLookup, [12, 36, 1138, 42], [[12, 1138, 42, 42], [42, 7, 36, 7]])])
def test_shares_by_how_rare_an_entry_is(kind, entries, data):
    """Keras' own examples of tf_idf, with the mean for the unknown and with a weight of its own; learned: by hand."""
    lookup = kind(output_mode="tf_idf")
    lookup.set_vocabulary(entries, idf_weights=[0.25, 0.75, 0.6, 0.4])
    np.testing.assert_allclose(lookup(np.array(data)), [[0, 0.25, 0, 0.6, 0.8], [1, 0, 0.75, 0, 0.4]])
    special = kind(output_mode="tf_idf", vocabulary=[kind.unknown, *entries], idf_weights=[0.9, 0.25, 0.75, 0.6, 0.4])
    np.testing.assert_allclose(special(np.array(data))[1], [1.8, 0, 0.75, 0, 0.4])
    lookup.adapt(np.array(data))
    common = lookup.get_vocabulary().index(entries[-1])
    assert float(lookup(np.array(data))[0, common]) == pytest.approx(2 * np.log(1 + 2 / 3))
    several = kind(vocabulary=entries, num_oov_indices=2)
    x = [["a", "c", "d"], ["m", "z", "b"]] if kind is lookups.StringLookup else [[12, 1138, 42], [37, 1000, 36]]
    assert several(np.array(x)).tolist() == ([[2, 4, 5], [0, 1, 3]] if kind is lookups.StringLookup else [[2, 4, 5], [1, 0, 3]])
    lookup.reset_state()
    with pytest.raises(StateError):
        lookup(np.array(data))


def test_feature_space(served):
    import tensorflow as tf
    from keras import Model, layers
    from keras.utils import FeatureSpace

    r = np.random.default_rng(0)
    table = {"age": r.random(12) * 80, "sex": r.choice(["f", "m"], 12), "ca": r.integers(0, 4, 12), "chol": r.random(12)}
    space = FeatureSpace({"age": "float_discretized", "sex": "string_categorical", "ca": FeatureSpace.integer_categorical(
        num_oov_indices=0), "chol": FeatureSpace.float_normalized()}, crosses=[("sex", "ca")], crossing_dim=8,
        num_discretization_bins=3)
    stream = tf.data.Dataset.from_tensor_slices((table, r.integers(0, 2, 12))).batch(5)
    with pytest.raises(StateError, match="adapt"):
        space(table)
    space.adapt(stream.map(lambda x, _: x))
    bins = np.float32([21.582935333251953, 58.35972595214844])  # of Keras' Discretization(num_bins=3), in batches of 5
    ages = np.digitize(table["age"].astype("float32"), bins)
    known = {name: sorted(set(table[name].tolist()), key=lambda v, name=name: ((table[name] == v).sum(), v), reverse=True)
             for name in ("ca", "sex")}
    cross = np.eye(8)[lookups.HashedCrossing(8)((table["sex"], table["ca"])).numpy()]
    wanted = np.concatenate([
        np.eye(3)[ages], np.eye(len(known["ca"]))[[known["ca"].index(v) for v in table["ca"]]],
        ((table["chol"] - table["chol"].mean()) / table["chol"].std())[:, None],
        np.eye(3)[[1 + known["sex"].index(v) for v in table["sex"]]], cross], 1)
    np.testing.assert_allclose(space(table), wanted, atol=1e-5)
    np.testing.assert_allclose(space({name: column[0] for name, column in table.items()}), wanted[0], atol=1e-5)
    encoded = space.get_encoded_features()
    out = layers.Dense(1)(encoded)
    inside, whole = Model(encoded, out), Model(space.get_inputs(), out)
    inside.compile("adam", "mse")
    inside.fit(stream.map(lambda x, y: (space(x), y)), verbose=0)
    np.testing.assert_allclose(whole.predict(table, verbose=0), inside.predict(wanted, verbose=0), atol=1e-5)
    apart = FeatureSpace({"age": "float", "sex": FeatureSpace.string_hashed(4, output_mode="int")}, output_mode="dict")
    assert apart({"age": np.array([1.0]), "sex": np.array(["f"])})["sex"].tolist() == [[hashing.hashed("f", 4)]]
    for call in (lambda: FeatureSpace({"a": "floaty"}), lambda: FeatureSpace({"a": "float"}, crosses=[("a", "b")]),
                 lambda: FeatureSpace({}), lambda: space.adapt(table)):
        with pytest.raises(ArgumentError, match="expected .* got"):
            call()
    with pytest.raises(DataError, match="none named"):
        space({"age": np.zeros(2)})


def test_bins_as_keras():
    x = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])
    bins = [0.0, 1.0, 2.0]
    assert lookups.Discretization(bins)(x).tolist() == keras.layers.Discretization(bins)(x).tolist()
    for number, epsilon in ((6, 0.01), (100, 0.01), (1000, 0.01), (777, 0.1)):
        values = np.random.default_rng(number).normal(size=(number, 1))
        learned, theirs = (kind(num_bins=4, epsilon=epsilon) for kind in (lookups.Discretization, keras.layers.Discretization))
        for size in (number, 64):  # theirs asks for TensorFlow in adapt
            learned.adapt(Dataset.from_tensor_slices(values).batch(size))
            theirs.reset_state()
            for at in range(0, number, size):
                theirs.update_state(values[at : at + size])
            theirs.finalize_state()
            np.testing.assert_allclose(np.array(learned.bin_boundaries), np.array(theirs.bin_boundaries), rtol=1e-6)


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


def test_vocabularies_of_files_and_settings(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("good\nbad\n")
    texts = lookups.TextVectorization(vocabulary=str(path), output_mode="tf_idf", idf_weights=[0.5, 0.25])
    again = lookups.TextVectorization.from_config(texts.get_config())
    for layer in (texts, again):
        assert layer(["bad bad good"]).tolist() == [[0, 0.5, 0.5]]
    assert lookups.StringLookup(vocabulary=str(path))(["bad"]).tolist() == [2]


def test_dict_of_columns(served):
    from keras import Input, Model, layers

    rows = {"thal": np.array(["fixed", "normal", "fixed", "new"]), "age": np.array([60.0, 50.0, 40.0, 30.0])}
    lookup = layers.StringLookup(output_mode="one_hot", vocabulary=["fixed", "normal"])
    thal, age = Input((1,), dtype="string", name="thal"), Input((1,), name="age")
    model = Model([thal, age], layers.Concatenate()([lookup(thal), age]))
    wanted = [[0, 1, 0, 60], [0, 0, 1, 50], [0, 1, 0, 40], [1, 0, 0, 30]]
    assert model.predict(rows, verbose=0).tolist() == wanted
    assert model.predict(Dataset.from_tensor_slices(rows).batch(2), verbose=0).tolist() == wanted


def test_rows_of_different_lengths_and_columns_without_zeros():
    """Values of Keras 3.15 on TensorFlow 2.21; sparse=True there names the places of these numbers."""
    for length, wanted in ((None, [[4, 3, 2], [3], [1]]), (2, [[4, 3], [3], [1]])):
        layer = lookups.TextVectorization(ragged=True, output_sequence_length=length)
        layer.adapt(["a b c", "b c"])
        assert layer(["a b c", "b", "q"]).to_list() == wanted and layer.get_config()["ragged"]
    with pytest.warns(UserWarning, match="0s are kept"):
        layer = lookups.TextVectorization(sparse=True, output_mode="count", vocabulary=["c", "b", "a"])
    assert layer(["a b c", "b", "q"]).tolist() == [[0, 1, 1, 1], [0, 0, 1, 0], [1, 0, 0, 0]]
    for kind, options in ((lookups.TextVectorization, {"sparse": True}), (lookups.StringLookup, {"sparse": True}),
                          (lookups.TextVectorization, {"ragged": True, "output_mode": "count"})):  # fmt: skip
        with pytest.raises(ArgumentError, match="output_mode"):
            kind(vocabulary=["a"], **options)
