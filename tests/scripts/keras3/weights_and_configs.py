"""Copies of models, weights in and out, frozen layers, configs and JSON."""

import numpy as np
import keras
from keras import layers

model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh", name="a"), layers.BatchNormalization(name="n"),
                          layers.Dense(2, name="b")])
twin = keras.models.clone_model(model)
twin.set_weights(model.get_weights())
x = np.random.rand(7, 6).astype("float32")
np.testing.assert_allclose(model.predict(x, verbose=0), twin.predict(x, verbose=0), atol=1e-6)
again = keras.models.model_from_json(model.to_json())
assert [layer.name for layer in again.layers] == ["a", "n", "b"]
model.get_layer("a").trainable = False
print(len(model.trainable_weights), len(model.non_trainable_weights), model.count_params())
before = model.get_layer("a").get_weights()[0].copy()
model.compile("sgd", "mse")
model.fit(x, np.ones((7, 2)), epochs=2, verbose=0)
assert np.array_equal(before, model.get_layer("a").get_weights()[0])
model.save_weights("weights_and_configs.weights.h5")
again.load_weights("weights_and_configs.weights.h5")
np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
features = keras.Model(inputs=model.inputs, outputs=[layer.output for layer in model.layers])
print([tuple(f.shape) for f in features(x)])
