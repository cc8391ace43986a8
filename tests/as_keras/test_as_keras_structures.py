"""Calls on structures of symbols: lists in lists, lists in dicts, slopes between the inputs of a Lambda."""

import numpy as np
import torch


def test_slopes_between_the_inputs_of_a_lambda(served):
    """Numbers of Keras 2 on TensorFlow: the layers behind belong to the model, and learn."""
    from keras import Input, Model, layers
    from keras import backend as K

    a, b = Input((3,)), Input((3,))
    y = layers.Dense(1)(layers.Dense(4, "tanh")(layers.Concatenate()([a, b])))
    slopes = layers.Lambda(lambda x: K.gradients(x[0], x[1]), name="slopes")([y, [a, b]])
    model = Model([a, b], layers.Concatenate()(slopes))
    model.compile("sgd", "mse")
    draw = np.random.RandomState(1)
    model.set_weights([draw.randn(*w.shape) for w in model.get_weights()])
    x, z = draw.randn(8, 3).astype("float32"), draw.randn(8, 3).astype("float32")
    assert len(model.trainable_weights) == 4 and model.get_layer("slopes").name == "slopes"
    wanted = [[0.5263, -0.3454, 0.3681, 0.0841, -0.2893, -0.3852], [-0.2943, -0.4908, 0.0375, 0.0571, -0.1598, 0.3338]]
    assert np.abs(model.predict([x, z], verbose=0)[:2] - wanted).max() < 1e-4
    losses = model.fit([x, z], np.zeros((8, 6)), epochs=5, verbose=0).history["loss"]
    assert losses == sorted(losses, reverse=True) and losses[0] > losses[-1]
    single = Model(a, layers.Lambda(lambda x: K.gradients(x[0], x[1])[0])([K.square(a), a]))
    assert np.allclose(single.predict(x, verbose=0), 2 * x)


def test_structures_of_symbols_as_the_first_argument(served):
    """Lists in lists, lists in dicts: a layer's `build` and `call`, and a Lambda's function, get them as they were given."""
    from keras import Input, Model, layers

    class Nested(layers.Layer):
        def build(self, shapes):
            query, (key, value) = shapes
            self.size = query[-1] + 10 * key[-1] + 100 * value[-1]

        def call(self, inputs):
            query, (key, value) = inputs
            return query + key * value

    class Named(layers.Layer):
        def call(self, inputs):
            return inputs["query"] + inputs["parts"][0] * inputs["parts"][1]

    x, a = np.random.default_rng(0).normal(size=(4, 3)).astype("float32"), Input((3,))
    nest = Nested()
    for made in (nest([a, [a, a]]), Nested()((a, (a, a))), Named()({"query": a, "parts": [a, a]}),
                 layers.Lambda(lambda x: x[0] + x[1][0] * x[1][1])([a, [a, a]]),
                 layers.Lambda(lambda x: x["q"] + x["kv"][0] * x["kv"][1])({"q": a, "kv": [a, a]})):
        assert np.allclose(Model(a, made).predict(x, verbose=0), x + x * x, atol=1e-6)
    t = torch.from_numpy(x)
    assert nest.size == 333 and torch.allclose(Nested()([t, [t, t]]), t + t * t)
    assert torch.allclose(Named()({"query": t, "parts": [t, t]}), t + t * t)
