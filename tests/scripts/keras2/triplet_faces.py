# Anchor, positive, negative: one encoder for all three, a loss that pulls and pushes.
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Input, Dense, Lambda, Conv2D, Flatten, MaxPooling2D, concatenate
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.datasets import mnist

(x_train, y_train), _ = mnist.load_data()
x_train = x_train[:600].reshape(-1, 28, 28, 1).astype('float32') / 255
y_train = y_train[:600]
emb_size, alpha = 8, 0.2


def create_batch(batch_size):
    anchors, positives, negatives = [np.zeros((batch_size, 28, 28, 1), 'float32') for _ in range(3)]
    for i in range(batch_size):
        index = np.random.randint(0, 600)
        y = y_train[index]
        positive = np.random.choice(np.where(y_train == y)[0])
        negative = np.random.choice(np.where(y_train != y)[0])
        anchors[i], positives[i], negatives[i] = x_train[index], x_train[positive], x_train[negative]
    return [anchors, positives, negatives]


embedding_model = Sequential([
    Conv2D(8, 3, activation='relu', input_shape=(28, 28, 1)),
    MaxPooling2D(3),
    Flatten(),
    Dense(emb_size, activation='sigmoid')
])
input_anchor, input_positive, input_negative = Input((28, 28, 1)), Input((28, 28, 1)), Input((28, 28, 1))
output = concatenate([embedding_model(input_anchor), embedding_model(input_positive), embedding_model(input_negative)], axis=1)
net = Model([input_anchor, input_positive, input_negative], output)
net.summary()


def triplet_loss(y_true, y_pred):
    anchor, positive, negative = y_pred[:, :emb_size], y_pred[:, emb_size:2 * emb_size], y_pred[:, 2 * emb_size:]
    positive_dist = tf.reduce_mean(tf.square(anchor - positive), axis=1)
    negative_dist = tf.reduce_mean(tf.square(anchor - negative), axis=1)
    return tf.maximum(positive_dist - negative_dist + alpha, 0.)


def data_generator(batch_size=32):
    while True:
        yield create_batch(batch_size), np.zeros((batch_size, 3 * emb_size))


net.compile(loss=triplet_loss, optimizer='adam')
history = net.fit(data_generator(), steps_per_epoch=4, epochs=2, verbose=1)
before = embedding_model.predict(x_train[:5])
print(before.shape, K.int_shape(output))
