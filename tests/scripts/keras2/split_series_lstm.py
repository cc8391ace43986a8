# A series cut into windows; LSTM, Conv1D and a bidirectional one beside each other.
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, LSTM, Conv1D, Flatten, Bidirectional, Dropout, SimpleRNN, GRU, MaxPooling1D

a = np.array(range(1, 101))
size = 6

def split_x(dataset, size):
    aaa = []
    for i in range(len(dataset) - size + 1):
        aaa.append(dataset[i: (i + size)])
    return np.array(aaa)

bbb = split_x(a, size)
x, y = bbb[:, :-1].reshape(-1, 5, 1), bbb[:, -1]
for kind in (SimpleRNN(10, input_shape=(5, 1)), LSTM(units=10, activation='relu', input_shape=(5, 1)),
             GRU(10, input_length=5, input_dim=1), Bidirectional(LSTM(8), input_shape=(5, 1))):
    model = Sequential()
    model.add(kind)
    model.add(Dense(10, activation='relu'))
    model.add(Dense(1))
    model.compile(loss='mse', optimizer='adam')
    model.fit(x, y, epochs=2, batch_size=1, verbose=0)
    print(type(kind).__name__, kind.count_params(), model.evaluate(x, y), model.predict(np.array([[[96], [97], [98], [99], [100]]])))
model = Sequential([Conv1D(10, 2, input_shape=(5, 1)), MaxPooling1D(2), Flatten(), Dense(1)])
model.compile(loss='mse', optimizer='adam')
model.fit(x, y, epochs=2, verbose=2)
model.summary()
