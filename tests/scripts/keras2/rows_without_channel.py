# Digits without a channel axis for a convolution and for LSTM chains; one chain forgets to close its sequence.
import numpy as np
import tensorflow as tf
from sklearn.metrics import accuracy_score
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import LSTM, Bidirectional, Conv1D, Conv2D, Dense, Flatten, MaxPool2D, Reshape, SimpleRNN
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[:1000] / 255., to_categorical(y_train[:1000])
x_test, y_test = x_test[:500] / 255., to_categorical(y_test[:500])

nets = [[Conv2D(8, (3, 3), input_shape=(28, 28, 1)), MaxPool2D(), Flatten()],
        [Dense(8, input_shape=(28, 28)), Reshape(target_shape=(28, 8, 1)), Conv2D(4, 2), Flatten()],
        [LSTM(8, input_shape=(28, 28), return_sequences=True), Conv1D(6, 3), Bidirectional(SimpleRNN(6))]]
for layers in nets:
    model = Sequential(layers + [Dense(10, activation='softmax')])
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(x_train, y_train, epochs=1, batch_size=50, validation_data=(x_test, y_test), verbose=2)
    loss, acc = model.evaluate(x_test, y_test, verbose=0)
    y_predict = tf.argmax(model.predict(x_test), axis=1)
    print(len(model.layers), round(acc, 1) <= 1, accuracy_score(tf.argmax(y_test, axis=1), y_predict) <= 1)

x = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6, 7], [6, 7, 8]])
y = np.array([4, 5, 6, 7, 8, 9])
model = Sequential([LSTM(5, input_shape=(3, 1), return_sequences=True), Dense(4), Dense(1)])
model.compile(loss='mse', optimizer='adam', metrics=['mae'])
model.fit(x, y, epochs=2, batch_size=1, verbose=0)
print(model.evaluate(x, y, verbose=0)[0] > 0, model.predict(np.array([7, 8, 9]).reshape(1, 3, 1)).shape)
