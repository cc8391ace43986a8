# Which step of a sequence matters: an attention layer as of Keras 1, its weights made by initializations and listed by hand.
from keras import backend as K
from keras import initializations
from keras.engine.topology import Layer
from keras.layers import Input, Dense, LSTM
from keras.models import Model
import numpy as np

np.random.seed(3)

class StepAttention(Layer):
    def __init__(self, **kwargs):
        self.init = initializations.get('normal')
        super(StepAttention, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.init((input_shape[-1],), name='{}_W'.format(self.name))
        self.c = K.zeros((1,))
        self.trainable_weights = [self.W, self.c]
        super(StepAttention, self).build(input_shape)

    def call(self, x, mask=None):
        score = K.tanh(K.squeeze(K.dot(x, K.expand_dims(self.W)), -1) + self.c)
        share = K.exp(score)
        share /= K.cast(K.sum(share, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(x * K.expand_dims(share), axis=1)

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], input_shape[-1])

steps = 8
x = np.random.normal(size=(400, steps, 2)).astype('float32')
marked = np.random.randint(0, steps, 400)
x[np.arange(400), marked, 1] += 4
y = (x[np.arange(400), marked, 0] > 0).astype(int)

sequence = Input(shape=(steps, 2))
hidden = LSTM(12, return_sequences=True, consume_less='gpu', init=lambda shape, name: initializations.normal(shape, scale=0.1, name=name))(sequence)
answer = Dense(1, activation='sigmoid')(StepAttention()(hidden))
model = Model(input=sequence, output=answer)
model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
before = model.layers[2].get_weights()
model.fit(x, y, nb_epoch=5, batch_size=20, validation_split=0.25, verbose=2)
assert len(before) == 2 and not np.allclose(before[0], model.layers[2].get_weights()[0])
print('weights of the first dense layer:', model.layers[-1].W.get_value().shape)
