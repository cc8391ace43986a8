# A small net learns from a large one: its soft answers beside the labels (compute_loss of one's own).
import keras
import numpy as np
from keras import layers, ops


class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def compile(self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss_fn, self.distillation_loss_fn = student_loss_fn, distillation_loss_fn
        self.alpha, self.temperature = alpha, temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **kwargs):
        taught = self.teacher(x, training=False)
        student_loss = self.student_loss_fn(y, y_pred)
        soft = self.distillation_loss_fn(ops.softmax(taught / self.temperature, axis=1),
                                         ops.softmax(y_pred / self.temperature, axis=1)) * self.temperature**2
        return self.alpha * student_loss + (1 - self.alpha) * soft

    def call(self, x, training=False):
        return self.student(x, training=training)


def net(*widths, name):
    model = keras.Sequential([keras.Input((28, 28, 1))], name=name)
    for width in widths:
        model.add(layers.Conv2D(width, 3, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    return model


(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, x_test = (np.expand_dims(x.astype("float32") / 255.0, -1)[:400] for x in (x_train, x_test))
y_train, y_test = y_train[:400], y_test[:400]
teacher, student = net(16, 32, name="teacher"), net(4, 8, name="student")
teacher.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=[keras.metrics.SparseCategoricalAccuracy()])
teacher.fit(x_train, y_train, epochs=2, batch_size=32, verbose=2)
teacher.evaluate(x_test, y_test, verbose=0)
distiller = Distiller(student=student, teacher=teacher)
distiller.compile(optimizer=keras.optimizers.Adam(2e-3), metrics=[keras.metrics.SparseCategoricalAccuracy()],
                  student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  distillation_loss_fn=keras.losses.KLDivergence(), alpha=0.1, temperature=5)
distiller.fit(x_train, y_train, epochs=2, batch_size=32, verbose=2)
print(distiller.evaluate(x_test, y_test, verbose=0))
print("teacher", teacher.count_params(), "student", student.count_params())
