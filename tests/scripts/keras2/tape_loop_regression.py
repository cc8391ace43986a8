# A line through points by hand: variables, a tape, steps against the gradient; then a layer and an optimizer.
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(22)
x = tf.constant(rng.uniform(-2, 2, (201, 1)).astype('float32'))
y = 3.0 * x + 2.0 + tf.constant(rng.normal(0, 0.3, (201, 1)).astype('float32'))


class MyModel(tf.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.w = tf.Variable(5.0)
        self.b = tf.Variable(0.0)

    def __call__(self, x):
        return self.w * x + self.b


def loss(target_y, predicted_y):
    return tf.reduce_mean(tf.square(target_y - predicted_y))


model = MyModel()
for epoch in range(10):
    with tf.GradientTape() as t:
        current_loss = loss(y, model(x))
    dw, db = t.gradient(current_loss, [model.w, model.b])
    model.w.assign_sub(0.1 * dw)
    model.b.assign_sub(0.1 * db)
print("w = %.2f, b = %.2f" % (model.w.numpy(), model.b.numpy()))

optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)
dense = tf.keras.layers.Dense(1)
dense.build((None, 1))
losses = []
for step in range(30):
    with tf.GradientTape() as tape:
        value = loss(y, dense(x))
    grads = tape.gradient(value, dense.trainable_variables)
    optimizer.apply_gradients(zip(grads, dense.trainable_variables))
    losses.append(float(value))
print(losses[0], losses[-1])
assert losses[-1] < losses[0]
c = tf.constant([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(c)
    z = tf.reduce_sum(c ** 3)
print(tape.gradient(z, c).numpy())
