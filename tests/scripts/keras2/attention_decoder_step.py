# Digits repeated backwards: an LSTM reads them, a recurrent layer of one's own answers step by step and looks where it wants.
import numpy as np
from keras import activations, initializers
from keras import backend as K
from keras.engine import InputSpec
from keras.layers import LSTM
from keras.layers.recurrent import Recurrent, _time_distributed_dense
from keras.models import Sequential

np.random.seed(0)

class LookingDecoder(Recurrent):
    def __init__(self, units, output_dim, kernel_initializer='glorot_uniform', **kwargs):
        self.units, self.output_dim = units, output_dim
        self.kernel_initializer = initializers.get(kernel_initializer)
        super(LookingDecoder, self).__init__(**kwargs)
        self.return_sequences = True

    def build(self, input_shape):
        self.batch_size, self.timesteps, self.input_dim = input_shape
        self.states = [None, None]
        make = lambda name, shape: self.add_weight(shape=shape, name=name, initializer=self.kernel_initializer)
        self.V = make('V', (self.units, 1))
        self.W = make('W', (self.units, self.units))
        self.U = make('U', (self.input_dim, self.units))
        self.C = make('C', (self.input_dim, self.units))
        self.R = make('R', (self.units, self.units))
        self.E = make('E', (self.output_dim, self.units))
        self.O = make('O', (self.units, self.output_dim))
        self.input_spec = [InputSpec(shape=(self.batch_size, self.timesteps, self.input_dim))]
        self.built = True

    def call(self, x):
        self.seen = x
        self.read = _time_distributed_dense(x, self.U, input_dim=self.input_dim, timesteps=self.timesteps, output_dim=self.units)
        return super(LookingDecoder, self).call(x)

    def get_initial_state(self, inputs):
        first = K.tile(K.expand_dims(K.sum(K.zeros_like(inputs), axis=(1, 2))), [1, self.output_dim])
        return [first, activations.tanh(K.dot(inputs[:, 0], self.C))]

    def step(self, x, states):
        said, state = states
        score = K.dot(activations.tanh(K.dot(K.repeat(state, self.timesteps), self.W) + self.read), self.V)
        share = K.exp(score)
        share /= K.repeat(K.sum(share, axis=1), self.timesteps)
        context = K.squeeze(K.batch_dot(share, self.seen, axes=1), axis=1)
        state = activations.tanh(K.dot(said, self.E) + K.dot(state, self.R) + K.dot(context, self.C))
        said = activations.softmax(K.dot(state, self.O))
        return said, [said, state]

    def compute_output_shape(self, input_shape):
        return (None, self.timesteps, self.output_dim)

digits, length = 6, 4
numbers = np.random.randint(0, digits, (300, length))
x, y = np.eye(digits)[numbers], np.eye(digits)[numbers[:, ::-1]]
model = Sequential()
model.add(LSTM(24, input_shape=(length, digits), return_sequences=True))
model.add(LookingDecoder(24, digits))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x, y, epochs=3, batch_size=30, verbose=2)
print(model.predict(x[:2], verbose=0).argmax(-1), numbers[:2, ::-1])
