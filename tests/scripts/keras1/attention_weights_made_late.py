"""Attention over time whose weights are None until build, in a class that names things as it likes."""
import numpy as np
from keras import backend as K
from keras import initializers
from keras.engine.topology import Layer
from keras.layers import LSTM, Dense, Embedding
from keras.models import Sequential, load_model


class Glance(Layer):
    def __init__(self, bias=True, **kwargs):
        self.supports_masking = True
        self.init = initializers.get("glorot_uniform")
        self.with_bias = bias
        self.W = None
        self.b = None
        self.u = None
        self.calls = 0
        self.label = "glance"
        super(Glance, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight((input_shape[-1], input_shape[-1],), initializer=self.init, name="{}_W".format(self.name))
        if self.with_bias:
            self.b = self.add_weight((input_shape[-1],), initializer="zero", name="{}_b".format(self.name))
        self.u = self.add_weight((input_shape[-1],), initializer=self.init, name="{}_u".format(self.name))
        super(Glance, self).build(input_shape)

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, input, mask=None):
        self.calls += 1
        scores = K.dot(input, self.W)
        if self.with_bias:
            scores += self.b
        shares = K.exp(K.dot(K.tanh(scores), self.u))
        if mask is not None:
            shares *= K.cast(mask, K.floatx())
        shares /= K.cast(K.sum(shares, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(input * K.expand_dims(shares), axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[-1]


rng = np.random.RandomState(1)
words = rng.randint(1, 40, (200, 12))
words[:, 9:] = 0
found = (words == 7).any(axis=1).astype("float32")

model = Sequential()
model.add(Embedding(40, 8, input_length=12, mask_zero=True))
model.add(LSTM(8, return_sequences=True))
model.add(Glance())
model.add(Dense(1, activation="sigmoid"))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(words, found, epochs=2, batch_size=20, validation_split=0.2)
model.save("glance.h5")
again = load_model("glance.h5", custom_objects={"Glance": Glance})
print(np.abs(again.predict(words) - model.predict(words)).max() < 1e-5, model.layers[2].label, model.layers[2].calls > 0)
