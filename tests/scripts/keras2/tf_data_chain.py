# A chain of tf.data: slices, map, shuffle, batch, repeat, take, zip; the model reads it as it comes.
import numpy as np
import tensorflow as tf

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:800], y_train[:800]
AUTOTUNE = tf.data.experimental.AUTOTUNE


def scale(image, label):
    image = tf.cast(image, tf.float32) / 255.0
    image = tf.expand_dims(image, -1)
    return image, tf.one_hot(label, 10)


train_ds = (tf.data.Dataset.from_tensor_slices((x_train, y_train))
            .map(scale, num_parallel_calls=AUTOTUNE)
            .cache()
            .shuffle(buffer_size=800, seed=1)
            .repeat()
            .batch(32)
            .prefetch(AUTOTUNE))
test_ds = tf.data.Dataset.from_tensor_slices((x_test[:200], y_test[:200])).map(scale).batch(50)
for images, labels in train_ds.take(1):
    print(images.shape, labels.shape, images.dtype)
model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(16, 3, activation='relu', input_shape=(28, 28, 1)),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation='softmax')
])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss='categorical_crossentropy', metrics=['accuracy'])
history = model.fit(train_ds, steps_per_epoch=20, epochs=2, validation_data=test_ds)
print(model.evaluate(test_ds, return_dict=True))
numbers = tf.data.Dataset.range(10).filter(lambda n: n % 2 == 0)
squares = tf.data.Dataset.zip((numbers, numbers.map(lambda n: n * n)))
print([(int(a), int(b)) for a, b in squares.as_numpy_iterator()])
windows = tf.data.Dataset.range(6).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))
print([w.numpy().tolist() for w in windows])
