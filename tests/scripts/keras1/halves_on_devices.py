"""One net on several devices, as before multi_gpu_model: each takes a share of the batch, the answers are joined again.

Keras 1: Lambda with arguments, merge(mode="concat", concat_axis=0), Model(input=, output=), nb_epoch.
"""

import numpy as np
import tensorflow as tf
from keras.layers import Dense, Lambda, merge
from keras.models import Model, Sequential
from keras.optimizers import Adam


def share(batch, number, of):
    size = tf.concat([tf.shape(batch)[:1] // of, tf.shape(batch)[1:]], axis=0)
    step = tf.concat([tf.shape(batch)[:1] // of, tf.shape(batch)[1:] * 0], axis=0)
    return tf.slice(batch, step * number, size)


def spread(model, devices):
    answers = []
    for number in range(devices):
        with tf.device("/gpu:%d" % number), tf.name_scope("tower_%d" % number):
            width = tuple(model.inputs[0].get_shape().as_list())[1:]
            part = Lambda(share, output_shape=width, arguments={"number": number, "of": devices})(model.inputs[0])
            answers.append(model(part))
    with tf.device("/cpu:0"):
        return Model(input=model.inputs, output=merge(answers, mode="concat", concat_axis=0))


rng = np.random.RandomState(4)
x = rng.normal(size=(128, 12))
y = (x[:, :6].sum(1) > x[:, 6:].sum(1)).astype(int).reshape(-1, 1)

single = Sequential()
single.add(Dense(24, input_dim=12, activation="tanh"))
single.add(Dense(1, activation="sigmoid"))
print(single.summary())
both = spread(single, 2)
both.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.01), metrics=["accuracy"])
both.fit(x, y, batch_size=32, nb_epoch=10, verbose=2)
print("one net, two ways:", np.allclose(both.predict(x[:10]), single.predict(x[:10]), atol=0.01))
