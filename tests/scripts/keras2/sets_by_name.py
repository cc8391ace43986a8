# Sets by their names: parts, classes, pairs; a net made under a strategy.
import tensorflow as tf
import tensorflow_datasets as tfds

tfds.disable_progress_bar()
(train, held), info = tfds.load("mnist", split=["train[:90%]", "train[90%:]"], as_supervised=True, with_info=True)
print(info.splits["train"].num_examples, info.features["label"].num_classes, info.features["image"].shape)


def scale(image, label):
    return tf.cast(image, tf.float32) / 255.0, label


strategy = tf.distribute.MirroredStrategy()
size = 32 * strategy.num_replicas_in_sync
train_dataset = train.map(scale, num_parallel_calls=tf.data.AUTOTUNE).cache().shuffle(1000).batch(size).prefetch(1)
held_dataset = held.map(scale).batch(size)
with strategy.scope():
    model = tf.keras.Sequential([tf.keras.layers.Flatten(input_shape=(28, 28, 1)),
                                 tf.keras.layers.Dense(32, activation="relu"), tf.keras.layers.Dense(10)])
    model.compile(loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam", metrics=["accuracy"])
history = model.fit(train_dataset, epochs=4, validation_data=held_dataset)
for epoch in range(4):
    print(epoch, history.history["val_accuracy"][epoch])
for example in tfds.load("mnist", split="test").take(1):
    print(example["image"].shape, info.features["label"].int2str(example["label"]))
