"""A line fitted by hand: the layer's own variables, read before each tape, and a network's, under names that suit the author."""
import numpy as np
import tensorflow as tf


class Line(tf.keras.layers.Layer):
    def __init__(self):
        super(Line, self).__init__()
        self.W = tf.Variable(5.0)
        self.b = tf.Variable(0.0)

    def call(self, inputs):
        return self.W * inputs + self.b


def loss(wanted, made):
    return tf.reduce_mean(tf.square(made - wanted))


tf.random.set_seed(2)
inputs = tf.random.normal(shape=[400])
outputs = 3.0 * inputs + 2.0 + 0.1 * tf.random.normal(shape=[400])
line, slopes = Line(), []
for epoch in range(10):
    slopes.append(line.W.numpy())
    with tf.GradientTape() as tape:
        now = loss(outputs, line(inputs))
    dW, db = tape.gradient(now, [line.W, line.b])
    line.W.assign_sub(0.1 * dW)
    line.b.assign_sub(0.1 * db)
    print("epoch %2d: W=%1.2f b=%1.2f loss=%2.5f" % (epoch, slopes[-1], line.b.numpy(), now))


class Net(tf.keras.Model):
    def __init__(self):
        super(Net, self).__init__()
        self.graph = tf.keras.layers.Dense(8, activation="relu")
        self.trainer = tf.keras.layers.Dense(1)
        self.inputs = None
        self.calls = 0

    def run(self, x):
        return self.trainer(self.graph(x))

    def call(self, x):
        self.calls += 1
        return self.run(x)


net = Net()
net.compile(optimizer="adam", loss="mse")
x = np.linspace(-1, 1, 128).reshape(-1, 1).astype("float32")
net.fit(x, x ** 2, epochs=3, verbose=2)
kept = net.graph.kernel.numpy()
kept += 1.0
print(net.calls > 0, len(net.weights), np.allclose(kept - 1.0, net.graph.kernel.numpy()))
