# A sine with a slow decay; the state is carried from batch to batch and reset after each pass.
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, LSTM

tsteps, batch_size, epochs = 1, 25, 3
t = np.arange(500)
cos = (np.cos(2 * np.pi * t / 100) * np.exp(-0.001 * t)).reshape(500, 1, 1)
expected = np.array([cos[min(i + 1, 499), 0, 0] for i in range(500)]).reshape(500, 1)

model = Sequential()
model.add(LSTM(20, batch_input_shape=(batch_size, tsteps, 1), return_sequences=True, stateful=True))
model.add(LSTM(20, return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss='mse', optimizer='rmsprop')
for i in range(epochs):
    print('Epoch', i, '/', epochs)
    model.fit(cos, expected, batch_size=batch_size, verbose=1, nb_epoch=1, shuffle=False)
    model.reset_states()
predicted = model.predict(cos, batch_size=batch_size)
print(predicted.shape)
