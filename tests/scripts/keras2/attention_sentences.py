# Attention written as a layer of one's own: how much each word counts, read out after training.
import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Layer, Input, Embedding, LSTM, Dense, Bidirectional
from tensorflow.keras.models import Model


class AttentionLayer(Layer):
    def __init__(self, **kwargs):
        super(AttentionLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(name='att_weight', shape=(input_shape[-1], 1), initializer='normal')
        self.b = self.add_weight(name='att_bias', shape=(input_shape[1], 1), initializer='zeros')
        super(AttentionLayer, self).build(input_shape)

    def call(self, x):
        et = K.squeeze(K.tanh(K.dot(x, self.W) + self.b), axis=-1)
        at = K.softmax(et)
        at = K.expand_dims(at, axis=-1)
        output = x * at
        return K.sum(output, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


rng = np.random.RandomState(2)
x = rng.randint(2, 80, (200, 15))
y = rng.randint(0, 2, 200)
for row, label in enumerate(y):
    x[row, rng.randint(0, 15)] = 90 + label
inputs = Input((15,))
h = Embedding(input_dim=100, output_dim=12, input_length=15)(inputs)
h = Bidirectional(LSTM(8, return_sequences=True))(h)
att_out = AttentionLayer()(h)
outputs = Dense(1, activation='sigmoid', trainable=True)(att_out)
model = Model(inputs, outputs)
model.summary()
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['acc'])
history = model.fit(x, y, epochs=3, batch_size=16, validation_split=0.2)
print(history.history['val_acc'], model.predict(x[:2]).shape)
