# Digits in a loop of one's own: streams, meters for loss and accuracy, a curve over all epochs.
import matplotlib.pyplot as plt
import tensorflow as tf

EPOCHS = 30
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = x_train[..., tf.newaxis] / 255.0, x_test[:500, ..., tf.newaxis] / 255.0
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1000).batch(64)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test[:500])).batch(64)


class Digits(tf.keras.Model):
    def __init__(self):
        super(Digits, self).__init__()
        self.conv = tf.keras.layers.Conv2D(8, 3, strides=2, activation="relu")
        self.flat = tf.keras.layers.Flatten()
        self.out = tf.keras.layers.Dense(10)

    def call(self, x, training=None):
        return self.out(self.flat(self.conv(x)))


model, optimizer = Digits(), tf.keras.optimizers.Adam()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_loss = tf.keras.metrics.Mean(name="train_loss")
test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        loss = loss_object(labels, model(images, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)


losses = []
for epoch in range(EPOCHS):
    train_loss.reset_states()
    for images, labels in train_ds:
        train_step(images, labels)
    losses.append(round(train_loss.result().numpy(), 4))
for images, labels in test_ds:
    test_accuracy(labels, model(images, training=False))
print("steps {}, accuracy {:.2%}".format(optimizer.iterations.numpy(), test_accuracy.result()))
plt.plot(range(1, EPOCHS + 1), losses)
plt.xlabel("epoch")
plt.show()
