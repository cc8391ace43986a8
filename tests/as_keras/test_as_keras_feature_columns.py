"""Feature columns and DenseFeatures.

Oracle: TensorFlow 2.21 with tf_keras 2.21: what `tf.keras.layers.DenseFeatures` gave for the same table, as printed there.
"""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, DataError

EYE = np.eye(10)


def table(tf):
    """A batch of three rows."""
    return {"age": tf.constant([22.0, 38.0, 70.0]), "fee": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            "sex": tf.constant(["male", "female", "x"]), "deck": tf.constant(["A", "C", "unknown"]),
            "code": tf.constant([3, 7, 20])}


@pytest.fixture
def tf(served):
    import tensorflow

    return tensorflow


def dense(tf, column):
    """What one column gives."""
    return np.asarray(tf.keras.layers.DenseFeatures(column)(table(tf)))


def test_numbers_and_bins(tf):
    fc = tf.feature_column
    age = fc.numeric_column("age")
    assert dense(tf, age).tolist() == [[22.0], [38.0], [70.0]]
    assert dense(tf, fc.numeric_column("age", normalizer_fn=lambda x: (x - 3) / 2)).tolist() == [[9.5], [17.5], [33.5]]
    assert dense(tf, fc.numeric_column("fee", shape=(2,))).tolist() == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    bins = fc.bucketized_column(age, boundaries=[18, 25, 38, 65])
    assert dense(tf, bins).argmax(1).tolist() == [1, 3, 4] and dense(tf, bins).shape == (3, 5)
    assert bins.name == "age_bucketized"


def test_words(tf):
    fc = tf.feature_column
    words = ["male", "female"]

    def shown(column):
        return dense(tf, fc.indicator_column(column)).tolist()

    assert shown(fc.categorical_column_with_vocabulary_list("sex", words)) == [[1, 0], [0, 1], [0, 0]]
    assert shown(fc.categorical_column_with_vocabulary_list("sex", words, num_oov_buckets=3))[2] == [0, 0, 0, 0, 1]
    assert shown(fc.categorical_column_with_vocabulary_list("sex", words, default_value=1))[2] == [0, 1]
    assert shown(fc.categorical_column_with_vocabulary_list("code", [3, 20])) == [[1, 0], [0, 0], [0, 1]]
    assert np.argmax(shown(fc.categorical_column_with_hash_bucket("deck", 5)), 1).tolist() == [4, 2, 0]
    assert np.argmax(shown(fc.categorical_column_with_hash_bucket("code", 5, dtype=tf.int64)), 1).tolist() == [1, 3, 1]
    assert shown(fc.categorical_column_with_identity("code", 10, default_value=0)) == EYE[[3, 7, 0]].tolist()


def test_crossings(tf):
    fc = tf.feature_column
    bins = fc.bucketized_column(fc.numeric_column("age"), boundaries=[18, 25, 38, 65])
    sex = fc.categorical_column_with_vocabulary_list("sex", ["male", "female"])
    for keys, wanted in (([bins, sex], [3, 8, 6]), (["sex", "deck"], [8, 9, 6]), (["deck", bins, sex], [4, 0, 3]),
                         (["code", "sex"], [7, 4, 0])):
        column = fc.crossed_column(keys, hash_bucket_size=10)
        assert dense(tf, fc.indicator_column(column)).argmax(1).tolist() == wanted
    assert column.name == "code_X_sex"


def test_vectors_and_several_words_a_row(tf):
    fc = tf.feature_column
    sex = fc.categorical_column_with_vocabulary_list("sex", ["male", "female"])
    vectors, several = np.arange(6.0).reshape(2, 3), {"sex": tf.constant([["male", "female"], ["male", "male"], ["x", "x"]])}
    assert np.asarray(tf.keras.layers.DenseFeatures(fc.indicator_column(sex))(several)).tolist() == [[1, 1], [2, 0], [0, 0]]
    for combiner, wanted in (("mean", [1.5, 2.5, 3.5]), ("sum", [3.0, 5.0, 7.0]), ("sqrtn", np.array([3, 5, 7]) / 2**0.5)):
        layer = tf.keras.layers.DenseFeatures(fc.embedding_column(sex, 3, combiner))
        assert layer(table(tf)).shape == (3, 3)
        layer.set_weights([vectors])
        assert np.allclose(layer(several)[0].detach(), wanted) and np.allclose(layer(several)[2].detach(), 0)
        assert np.allclose(layer(table(tf)).detach(), [vectors[0], vectors[1], [0, 0, 0]])


def test_a_chain_over_a_table(tf, tmp_path):
    fc = tf.feature_column
    source = np.random.RandomState(0)
    kinds, sizes = source.choice(["cat", "dog"], 128), source.rand(128).astype("float32")
    labels = (kinds == "dog").astype("int64")
    kind = fc.categorical_column_with_vocabulary_list("kind", ["cat", "dog"])
    columns = [fc.numeric_column("size"), fc.indicator_column(kind), fc.embedding_column(kind, dimension=2)]
    stream = tf.data.Dataset.from_tensor_slices(({"unused": sizes, "kind": kinds, "size": sizes}, labels)).batch(16)
    model = tf.keras.Sequential([tf.keras.layers.DenseFeatures(columns), tf.keras.layers.Dense(1, activation="sigmoid")])
    model.compile(tf.keras.optimizers.Adam(0.1), "binary_crossentropy", ["accuracy"])
    start = [w.copy() for w in model.get_weights()]
    assert [w.shape for w in start] == [(2, 2), (5, 1), (1,)]
    assert model.fit(stream, epochs=6, validation_data=stream, verbose=0).history["val_accuracy"][-1] == 1.0
    assert not np.allclose(model.get_weights()[0], start[0])
    found = model.predict({"kind": kinds, "size": sizes}, verbose=0)
    assert np.allclose(model.predict(stream, verbose=0), found)
    model.save(tmp_path / "m.keras")
    assert np.allclose(tf.keras.models.load_model(tmp_path / "m.keras").predict(stream, verbose=0), found)

    inputs = {"kind": tf.keras.Input((), name="kind", dtype=tf.string), "size": tf.keras.Input((), name="size")}
    graph = tf.keras.Model(inputs, model.layers[1](tf.keras.layers.DenseFeatures(columns)(inputs)))
    graph.set_weights(model.get_weights())
    assert np.allclose(graph.predict(stream, verbose=0), found)


def test_errors(tf):
    fc = tf.feature_column
    sex = fc.categorical_column_with_vocabulary_list("sex", ["male"])
    for call, error, said in ((lambda: tf.keras.layers.DenseFeatures([sex]), ArgumentError, "indicator_column"),
                              (lambda: fc.bucketized_column(sex, [1]), ArgumentError, "numeric_column"),
                              (lambda: fc.crossed_column([fc.numeric_column("age"), "sex"], 5), ArgumentError, "bucketized"),
                              (lambda: dense(tf, fc.numeric_column("agee")), DataError, "Did you mean 'age'"),
                              (lambda: dense(tf, fc.indicator_column(fc.categorical_column_with_identity("code", 10))), DataError,
                               "num_buckets"),
                              (lambda: tf.estimator, AttributeError, "fit, evaluate and predict"),
                              (lambda: fc.shared_embeddings, AttributeError, "Embedding")):
        with pytest.raises(error, match=said):
            call()
