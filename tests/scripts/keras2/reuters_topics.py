# News wires by topic: words as a vector of ones and zeros, then the words back from their numbers.
import numpy as np
from tensorflow.keras import layers, models
from tensorflow.keras.datasets import reuters
from tensorflow.keras.utils import to_categorical

(train_data, train_labels), (test_data, test_labels) = reuters.load_data(num_words=2000)
print(len(train_data), len(test_data))


def vectorize_sequences(sequences, dimension=2000):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.
    return results


x_train = vectorize_sequences(train_data[:1200])
x_test = vectorize_sequences(test_data[:300])
one_hot_train_labels = to_categorical(train_labels[:1200], num_classes=46)
one_hot_test_labels = to_categorical(test_labels[:300], num_classes=46)
model = models.Sequential()
model.add(layers.Dense(64, activation='relu', input_shape=(2000,)))
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(46, activation='softmax'))
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
x_val, partial_x_train = x_train[:200], x_train[200:]
y_val, partial_y_train = one_hot_train_labels[:200], one_hot_train_labels[200:]
history = model.fit(partial_x_train, partial_y_train, epochs=3, batch_size=128, validation_data=(x_val, y_val))
results = model.evaluate(x_test, one_hot_test_labels)
predictions = model.predict(x_test)
print(results, predictions[0].shape, np.sum(predictions[0]), np.argmax(predictions[0]))
model.compile(optimizer='rmsprop', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
print(model.evaluate(x_test, np.array(test_labels[:300])))
