# Film reviews by a recurrent net; the imdb set cut to 80 words.
from tensorflow.keras.datasets import imdb
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, GRU, Dense, SpatialDropout1D
from tensorflow.keras.preprocessing import sequence
import matplotlib.pyplot as plt

max_features = 1000
maxlen = 40
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=max_features)
x_train, y_train, x_test, y_test = x_train[:600], y_train[:600], x_test[:200], y_test[:200]
x_train = sequence.pad_sequences(x_train, maxlen=maxlen)
x_test = sequence.pad_sequences(x_test, maxlen=maxlen)
print(x_train.shape, x_test.shape)
model = Sequential()
model.add(Embedding(max_features, 24))
model.add(SpatialDropout1D(0.2))
model.add(GRU(24, dropout=0.1))
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['acc'])
history = model.fit(x_train, y_train, epochs=3, batch_size=64, validation_split=0.2)
acc, val_acc = history.history['acc'], history.history['val_acc']
epochs = range(1, len(acc) + 1)
plt.plot(epochs, acc, 'bo', label='Training acc')
plt.plot(epochs, val_acc, 'b', label='Validation acc')
plt.title('Training and validation accuracy')
plt.legend()
plt.figure()
plt.plot(epochs, history.history['loss'], 'bo')
plt.show()
print(model.evaluate(x_test, y_test, verbose=0))
