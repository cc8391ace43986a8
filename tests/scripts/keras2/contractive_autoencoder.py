# An autoencoder whose codes change little with the input: the loss reads the network itself. Then one of two heads, weighed.
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

np.random.seed(7)
hidden = np.random.normal(size=(500, 3))
x = np.tanh(hidden.dot(np.random.normal(size=(3, 20))))
kind = (hidden[:, 0] > 0.8).astype(int)
part = np.digitize(hidden[:, 1], [-0.5, 0.5])

inputs = Input(shape=(20,))
codes = Dense(6, activation='sigmoid', name='codes')(inputs)
autoencoder = Model(inputs, Dense(20, activation='linear')(codes))

def contractive(y_pred, y_true, strength=1e-3):
    mse = K.mean(K.square(y_true - y_pred), axis=1)
    W = K.transpose(K.variable(value=autoencoder.get_layer('codes').get_weights()[0]))
    h = autoencoder.get_layer('codes').output
    slope = h * (1 - h)
    return mse + strength * K.sum(slope ** 2 * K.sum(W ** 2, axis=1), axis=1)

autoencoder.compile(optimizer='adam', loss=contractive)
autoencoder.fit(x, x, batch_size=25, epochs=4, validation_split=0.2, verbose=2)

rare = Dense(1, activation='sigmoid', name='rare')(codes)
third = Dense(3, activation='softmax', name='third')(codes)
heads = Model(inputs, [rare, third])
heads.compile(optimizer='adam', loss=['binary_crossentropy', 'categorical_crossentropy'], metrics=['accuracy'])
weights = [{0: 1.0, 1: 4.0}, {0: 1.0, 1: 1.5, 2: 1.0}]
heads.fit(x, [kind, np.eye(3)[part]], batch_size=25, epochs=3, class_weight=weights, verbose=2)
values = heads.train_on_batch(x[:50], [kind[:50], np.eye(3)[part[:50]]], class_weight=weights)
print(dict(zip(heads.metrics_names, values)))
