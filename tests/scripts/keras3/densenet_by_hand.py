"""Dense blocks by hand: every convolution reads all that came before it."""

import keras
from keras import layers, regularizers

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, y_train, x_test, y_test = x_train[:512], y_train[:512], x_test[:128], y_test[:128]


def conv_block(x, growth_rate, name):
    x1 = layers.BatchNormalization(epsilon=1.001e-5, name=name + "_0_bn")(x)
    x1 = layers.Activation("relu", name=name + "_0_relu")(x1)
    x1 = layers.Conv2D(2 * growth_rate, 1, use_bias=False, name=name + "_1_conv")(x1)
    x1 = layers.BatchNormalization(epsilon=1.001e-5, name=name + "_1_bn")(x1)
    x1 = layers.Activation("relu", name=name + "_1_relu")(x1)
    x1 = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False, kernel_regularizer=regularizers.l2(1e-4),
                       name=name + "_2_conv")(x1)
    return layers.Concatenate(axis=-1, name=name + "_concat")([x, x1])


def transition(x, reduction, name):
    x = layers.BatchNormalization(name=name + "_bn")(x)
    x = layers.Activation("relu", name=name + "_relu")(x)
    x = layers.Conv2D(int(x.shape[-1] * reduction), 1, use_bias=False, name=name + "_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=name + "_pool")(x)


inputs = layers.Input((32, 32, 3))
x = layers.Rescaling(1 / 255)(inputs)
x = layers.Conv2D(12, 3, strides=2, padding="same", use_bias=False)(x)
for number, blocks in enumerate((3, 3)):
    for i in range(blocks):
        x = conv_block(x, 6, f"conv{number}_block{i + 1}")
    if number == 0:
        x = transition(x, 0.5, "pool0")
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x), name="small_densenet")
model.summary()
model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=32, epochs=2, validation_data=(x_test, y_test))
print(sorted(history.history))
