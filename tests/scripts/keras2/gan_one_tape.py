# A GAN on points of a ring: one persistent tape, one optimizer for both nets.
import numpy as np
import tensorflow as tf

turn = np.random.uniform(0, 2 * np.pi, (2048, 1))
points = np.concatenate([np.cos(turn), np.sin(turn)], 1).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices(points).shuffle(2048).batch(64, drop_remainder=True)
G = tf.keras.Sequential([tf.keras.layers.Dense(16, activation=tf.nn.elu, input_shape=(4,)), tf.keras.layers.Dense(2)])
D = tf.keras.Sequential([tf.keras.layers.Dense(16, activation=tf.nn.elu, input_shape=(2,)), tf.keras.layers.Dense(1)])
bce = tf.keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(1e-3, beta_1=0.5)


@tf.function
def train_step(real):
    with tf.GradientTape(persistent=True) as tape:
        fake = G(tf.random.normal(shape=(real.shape[0], 4)))
        d_fake, d_real = D(fake), D(real)
        d_loss = bce(tf.ones_like(d_real), d_real) + bce(tf.zeros_like(d_fake), d_fake)
        g_loss = bce(tf.ones_like(d_fake), d_fake)
    d_gradients = tape.gradient(d_loss, D.trainable_variables)
    g_gradients = tape.gradient(g_loss, G.trainable_variables)
    del tape
    optimizer.apply_gradients(zip(d_gradients, D.trainable_variables))
    optimizer.apply_gradients(zip(g_gradients, G.trainable_variables))
    return g_loss, d_loss


before = [w.numpy() for w in G.weights]
for epoch in range(20):
    for batch in dataset:
        g, d = train_step(batch)
    print("epoch {}: {:.3f} {:.3f}".format(epoch, g, d))
assert all(np.abs(w.numpy() - old).max() > 0 for w, old in zip(G.weights, before))
