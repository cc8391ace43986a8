# A CNN without layers: kernels in a dict, tf.nn for the arithmetic, a decaying rate.
import numpy as np
import tensorflow as tf

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = np.array(x_train, np.float32) / 255.0, np.array(x_test[:200], np.float32) / 255.0
train_data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).repeat().shuffle(2000).batch(32).prefetch(1)
random_normal = tf.initializers.RandomNormal(stddev=0.1)
weights = {"conv": tf.Variable(random_normal([5, 5, 1, 8])), "full": tf.Variable(random_normal([7 * 7 * 8, 32])),
           "out": tf.Variable(random_normal([32, 10]))}
biases = {"conv": tf.Variable(tf.zeros([8])), "full": tf.Variable(tf.zeros([32])), "out": tf.Variable(tf.zeros([10]))}


def net(x):
    x = tf.reshape(x, [-1, 28, 28, 1])
    x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights["conv"], strides=[1, 2, 2, 1], padding="SAME"), biases["conv"]))
    x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    x = tf.reshape(x, [-1, weights["full"].get_shape().as_list()[0]])
    x = tf.nn.relu(tf.add(tf.matmul(x, weights["full"]), biases["full"]))
    return tf.nn.softmax(tf.add(tf.matmul(x, weights["out"]), biases["out"]))


def cross_entropy(y_pred, y_true):
    y_pred = tf.clip_by_value(y_pred, 1e-9, 1.0)
    return tf.reduce_mean(-tf.reduce_sum(tf.one_hot(y_true, depth=10) * tf.math.log(y_pred), axis=1))


def accuracy(y_pred, y_true):
    return tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y_pred, 1), tf.cast(y_true, tf.int64)), tf.float32), axis=-1)


rate = tf.keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=10, decay_rate=0.9, staircase=True)
optimizer = tf.optimizers.Adam(rate)
for step, (batch_x, batch_y) in enumerate(train_data.take(300), 1):
    with tf.GradientTape() as g:
        loss = cross_entropy(net(batch_x), batch_y)
    trainable = list(weights.values()) + list(biases.values())
    optimizer.apply_gradients(zip(g.gradient(loss, trainable), trainable))
    if step % 5 == 0:
        print("step: %i, loss: %f, accuracy: %f" % (step, loss, accuracy(net(batch_x), batch_y)))
print("test accuracy: %f" % accuracy(net(x_test), y_test[:200]))
