"""A large net teaches a small one: compute_loss of one's own, softened answers, a model inside a model."""

import keras
from keras import layers, ops


class Pupil(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def compile(self, optimizer, metrics, own_loss, likeness, alpha=0.1, temperature=3.0):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.own_loss, self.likeness, self.alpha, self.temperature = own_loss, likeness, alpha, temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        taught = self.teacher(x, training=False)
        soft = self.likeness(ops.softmax(taught / self.temperature, axis=1), ops.softmax(y_pred / self.temperature, axis=1))
        return self.alpha * self.own_loss(y, y_pred) + (1 - self.alpha) * soft * self.temperature**2

    def call(self, x):
        return self.student(x)


def net(width, name):
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(width, 3, strides=2, padding="same"),
                             layers.LeakyReLU(negative_slope=0.2), layers.MaxPooling2D(2, strides=1, padding="same"),
                             layers.Conv2D(2 * width, 3, strides=2, padding="same"), layers.Flatten(), layers.Dense(10)],
                            name=name)


(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x, x_test = (ops.convert_to_numpy(ops.expand_dims(a / 255.0, -1)).astype("float32") for a in (x[:500], x_test[:200]))
y, y_test = y[:500], y_test[:200]
teacher, student = net(12, "teacher"), net(4, "student")
alone = keras.models.clone_model(student)
logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for one in (teacher, alone):
    one.compile(keras.optimizers.Adam(), logits, metrics=[keras.metrics.SparseCategoricalAccuracy()])
    one.fit(x, y, epochs=1, verbose=0)
pupil = Pupil(student, teacher)
pupil.compile(keras.optimizers.Adam(), [keras.metrics.SparseCategoricalAccuracy()], logits, keras.losses.KLDivergence(), 0.1, 10)
history = pupil.fit(x, y, epochs=2, verbose=0)
print(sorted(history.history), len(pupil.evaluate(x_test, y_test, verbose=0)), len(alone.evaluate(x_test, y_test, verbose=0)))
