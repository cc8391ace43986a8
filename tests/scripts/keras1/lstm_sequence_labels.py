# Reviews as rows of word numbers, padded; a masked embedding and an LSTM.
from __future__ import print_function
import numpy as np
np.random.seed(1337)

from keras.preprocessing import sequence
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Embedding
from keras.layers import LSTM, SimpleRNN, GRU

max_features, maxlen, batch_size = 500, 20, 32
texts = [list(np.random.randint(3, max_features, size=np.random.randint(5, 40))) for _ in range(240)]
y = np.array([1 if np.mean(t) > max_features / 2 else 0 for t in texts])
X_train, y_train, X_test, y_test = texts[:200], y[:200], texts[200:], y[200:]

print('Pad sequences (samples x time)')
X_train = sequence.pad_sequences(X_train, maxlen=maxlen)
X_test = sequence.pad_sequences(X_test, maxlen=maxlen)
print('X_train shape:', X_train.shape)

model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen, dropout=0.2, mask_zero=True))
model.add(LSTM(16, dropout_W=0.2, dropout_U=0.2, inner_init='orthogonal', forget_bias_init='one', consume_less='cpu'))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])

model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=3, validation_data=(X_test, y_test))
score, acc = model.evaluate(X_test, y_test, batch_size=batch_size)
print('Test score:', score)
print('Test accuracy:', acc)
