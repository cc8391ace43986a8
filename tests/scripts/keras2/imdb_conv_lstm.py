# Reviews read by a convolution and an LSTM.
from keras.preprocessing import sequence
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Embedding, LSTM, Conv1D, MaxPooling1D
import numpy as np

max_features, maxlen = 300, 50
rng = np.random.RandomState(0)
y_all = rng.randint(0, 2, 300)
x_all = [rng.randint(1, 150, rng.randint(20, 80)) + (140 if label else 0) for label in y_all]
x_all = [[int(w) for w in row] for row in x_all]
x_train, y_train, x_test, y_test = np.array(x_all[:240], dtype=object), y_all[:240], np.array(x_all[240:], dtype=object), y_all[240:]
x_train = sequence.pad_sequences(x_train, maxlen=maxlen)
x_test = sequence.pad_sequences(x_test, maxlen=maxlen)

model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen))
model.add(Dropout(0.25))
model.add(Conv1D(16, 5, padding='valid', activation='relu', strides=1))
model.add(MaxPooling1D(pool_size=4))
model.add(LSTM(16))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=30, epochs=3, validation_data=(x_test, y_test))
score, acc = model.evaluate(x_test, y_test, batch_size=30)
print('Test score:', score)
print('Test accuracy:', acc)
