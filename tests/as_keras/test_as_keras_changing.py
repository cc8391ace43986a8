"""What scripts change in layers that are there: an activation taken off, numbers counted up, first weights."""

import numpy as np


def test_softmax_taken_off(served):
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(3, activation="softmax", input_shape=(2,))])
    x = np.array([[1.0, 2.0]], "float32")
    model.layers[-1].activation = None
    w, b = model.get_weights()
    np.testing.assert_allclose(model.predict(x, verbose=0), x @ w + b, atol=1e-6)
    model.layers[-1].activation = "relu"
    np.testing.assert_allclose(Sequential(model.layers).predict(x, verbose=0), np.maximum(x @ w + b, 0), atol=1e-6)


def test_variable_of_a_layer_counts(served):
    import tensorflow as tf

    class Sum(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.total = tf.Variable(tf.zeros((2,)), trainable=False)

        def call(self, x):
            self.total.assign_add(tf.reduce_sum(x, axis=0))
            return self.total

    layer = Sum()
    layer(tf.ones((2, 2)))
    assert layer(tf.ones((3, 2))).numpy().tolist() == [5, 5] and layer.get_weights()[0].tolist() == [5, 5]


def test_first_weights(served):
    from keras.layers import Conv2DTranspose, Dense
    from keras.models import Sequential

    w, b = np.arange(6.0).reshape(2, 3), np.ones(3)
    model = Sequential([Dense(3, input_shape=(2,), weights=[w, b])])
    assert model.get_weights()[0].tolist() == w.tolist() and model.get_weights()[1].tolist() == b.tolist()
    assert Conv2DTranspose(8, 3, 3, (None, 14, 14, 8), border_mode="same", subsample=(2, 2)).kernel_size == (3, 3)
