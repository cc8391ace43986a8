# An autoencoder for sequences learns the usual heart beat; what it cannot copy is unusual.
import numpy as np
from tensorflow.keras.callbacks import ReduceLROnPlateau
from tensorflow.keras.layers import LSTM, Dense, Input, RepeatVector, TimeDistributed
from tensorflow.keras.models import Model, Sequential

np.random.seed(2)
steps, beats = 24, 220
grid = np.linspace(0, 1, steps)
usual = np.exp(-((grid - 0.4) / 0.08) ** 2) - 0.3 * np.exp(-((grid - 0.7) / 0.1) ** 2)
normal = usual + np.random.normal(0, 0.05, (beats, steps))
odd = np.roll(usual, 8) * 0.7 + np.random.normal(0, 0.05, (30, steps))
low, high = normal.min(), normal.max()
normal, odd = [((part - low) / (high - low))[..., np.newaxis] for part in (normal, odd)]
train, held = normal[:180], normal[180:]

model = Sequential()
model.add(Input(shape=(steps, 1)))
model.add(LSTM(16, return_sequences=True))
model.add(LSTM(8, return_sequences=False, name='code'))
model.add(RepeatVector(steps))
model.add(LSTM(8, return_sequences=True))
model.add(LSTM(16, return_sequences=True))
model.add(TimeDistributed(Dense(1)))
model.compile(optimizer='adam', loss='mae')
model.summary()
history = model.fit(train, train, epochs=4, batch_size=16, validation_data=(held, held), shuffle=True, verbose=2,
                    callbacks=[ReduceLROnPlateau(monitor='loss', factor=0.5, patience=1, verbose=1)])

def error(x):
    return np.mean(np.abs(model.predict(x, verbose=0) - x), axis=(1, 2))

limit = error(train).mean() + 2 * error(train).std()
print('limit %.3f; usual beyond it %d of %d, odd %d of %d' % (
    limit, (error(held) > limit).sum(), len(held), (error(odd) > limit).sum(), len(odd)))
coder = Model(inputs=model.inputs, outputs=model.get_layer('code').output)
print(coder.predict(held, verbose=0).shape, 'learning rates', len(history.history['loss']))
