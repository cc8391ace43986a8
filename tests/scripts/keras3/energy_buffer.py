# An energy model of digits: noise made alike to digits by the gradient of the input, a buffer of samples, train_step and test_step.
import random

import numpy as np
import tensorflow as tf
from tensorflow.keras import activations, callbacks, datasets, layers, metrics, models, optimizers

IMAGE_SIZE, STEPS, STEP_SIZE, ALPHA, BATCH_SIZE = 16, 3, 10, 0.1, 32

(x_train, _), (x_test, _) = datasets.mnist.load_data()


def preprocess(imgs):
    imgs = (imgs.astype("float32") - 127.5) / 127.5
    imgs = np.expand_dims(imgs[:, 6:22, 6:22], -1)
    return imgs


x_train = tf.data.Dataset.from_tensor_slices(preprocess(x_train[:192])).batch(BATCH_SIZE)
x_test = tf.data.Dataset.from_tensor_slices(preprocess(x_test[:64])).batch(96)
x_test = x_test.rebatch(BATCH_SIZE)

ebm_input = layers.Input(shape=(IMAGE_SIZE, IMAGE_SIZE, 1))
x = layers.Conv2D(8, kernel_size=5, strides=2, padding="same", activation=activations.swish)(ebm_input)
x = layers.Conv2D(16, kernel_size=3, strides=2, padding="same", activation=activations.swish)(x)
x = layers.Dense(16, activation=activations.swish)(layers.Flatten()(x))
model = models.Model(ebm_input, layers.Dense(1)(x))


def generate_samples(model, inp_imgs, steps, step_size, noise):
    imgs_per_step = []
    for _ in range(steps):
        inp_imgs += tf.random.normal(inp_imgs.shape, mean=0, stddev=noise)
        inp_imgs = tf.clip_by_value(inp_imgs, -1.0, 1.0)
        with tf.GradientTape() as tape:
            tape.watch(inp_imgs)
            out_score = model(inp_imgs)
        grads = tf.clip_by_value(tape.gradient(out_score, inp_imgs), -0.03, 0.03)
        inp_imgs += step_size * grads
        inp_imgs = tf.clip_by_value(inp_imgs, -1.0, 1.0)
        imgs_per_step.append(inp_imgs)
    return inp_imgs


class Buffer:
    def __init__(self, model):
        self.model = model
        self.examples = [tf.random.uniform(shape=(1, IMAGE_SIZE, IMAGE_SIZE, 1)) * 2 - 1 for _ in range(BATCH_SIZE)]

    def sample_new_exmps(self, steps, step_size, noise):
        n_new = np.random.binomial(BATCH_SIZE, 0.05)
        rand_imgs = tf.random.uniform((n_new, IMAGE_SIZE, IMAGE_SIZE, 1)) * 2 - 1
        old_imgs = tf.concat(random.choices(self.examples, k=BATCH_SIZE - n_new), axis=0)
        inp_imgs = generate_samples(self.model, tf.concat([rand_imgs, old_imgs], axis=0), steps, step_size, noise)
        self.examples = tf.split(inp_imgs, BATCH_SIZE, axis=0) + self.examples
        self.examples = self.examples[:256]
        return inp_imgs


class EBM(models.Model):
    def __init__(self):
        super(EBM, self).__init__()
        self.model = model
        self.buffer = Buffer(self.model)
        self.loss_metric = metrics.Mean(name="loss")
        self.cdiv_loss_metric = metrics.Mean(name="cdiv")

    @property
    def metrics(self):
        return [self.loss_metric, self.cdiv_loss_metric]

    def train_step(self, real_imgs):
        real_imgs += tf.random.normal(shape=tf.shape(real_imgs), mean=0, stddev=0.005)
        real_imgs = tf.clip_by_value(real_imgs, -1.0, 1.0)
        fake_imgs = self.buffer.sample_new_exmps(steps=STEPS, step_size=STEP_SIZE, noise=0.005)
        inp_imgs = tf.concat([real_imgs, fake_imgs], axis=0)
        with tf.GradientTape() as training_tape:
            real_out, fake_out = tf.split(self.model(inp_imgs), 2, axis=0)
            cdiv_loss = tf.reduce_mean(fake_out, axis=0) - tf.reduce_mean(real_out, axis=0)
            reg_loss = ALPHA * tf.reduce_mean(real_out ** 2 + fake_out ** 2, axis=0)
            loss = cdiv_loss + reg_loss
        grads = training_tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        self.loss_metric.update_state(loss)
        self.cdiv_loss_metric.update_state(cdiv_loss)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, real_imgs):
        batch_size = real_imgs.shape[0]
        fake_imgs = tf.random.uniform((batch_size, IMAGE_SIZE, IMAGE_SIZE, 1)) * 2 - 1
        real_out, fake_out = tf.split(self.model(tf.concat([real_imgs, fake_imgs], axis=0)), 2, axis=0)
        self.cdiv_loss_metric.update_state(tf.reduce_mean(fake_out, axis=0) - tf.reduce_mean(real_out, axis=0))
        return {m.name: m.result() for m in self.metrics[1:]}


class ImageGenerator(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        start = np.random.uniform(size=(4, IMAGE_SIZE, IMAGE_SIZE, 1)) * 2 - 1
        made = generate_samples(self.model.model, tf.convert_to_tensor(start, dtype="float32"), steps=3, step_size=10, noise=0.005)
        print(epoch, made.numpy().shape, sorted(logs))


ebm = EBM()
ebm.compile(optimizer=optimizers.Adam(learning_rate=1e-3), run_eagerly=True)
history = ebm.fit(x_train, epochs=2, validation_data=x_test, callbacks=[ImageGenerator()])
print(sorted(history.history))
