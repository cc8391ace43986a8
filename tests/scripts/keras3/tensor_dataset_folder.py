"""image_dataset_from_directory of tf.keras with a chain of tf.data."""

import os
import tempfile
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from PIL import Image

root = tempfile.mkdtemp()
rng = np.random.default_rng(0)
for name, level in (("daisy", 60), ("tulip", 180)):
    os.makedirs(os.path.join(root, name))
    for i in range(20):
        Image.fromarray(np.clip(rng.normal(level, 25, (36, 36, 3)), 0, 255).astype("uint8")).save(os.path.join(root, name, f"{i}.png"))

train_ds = tf.keras.utils.image_dataset_from_directory(root, validation_split=0.2, subset="training", seed=123,
                                                       image_size=(32, 32), batch_size=8)
val_ds = tf.keras.utils.image_dataset_from_directory(root, validation_split=0.2, subset="validation", seed=123,
                                                     image_size=(32, 32), batch_size=8)
class_names = train_ds.class_names
print(class_names)
for image_batch, labels_batch in train_ds:
    print(image_batch.shape, labels_batch.shape)
    break
AUTOTUNE = tf.data.AUTOTUNE
train_ds = train_ds.cache().shuffle(1000).prefetch(buffer_size=AUTOTUNE)
val_ds = val_ds.cache().prefetch(buffer_size=AUTOTUNE)
model = keras.Sequential([layers.Rescaling(1. / 255, input_shape=(32, 32, 3)), layers.Conv2D(8, 3, padding='same', activation='relu'),
                          layers.MaxPooling2D(), layers.Flatten(), layers.Dense(16, activation='relu'), layers.Dense(len(class_names))])
model.compile(optimizer='adam', loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
history = model.fit(train_ds, validation_data=val_ds, epochs=3)
img_array = tf.keras.utils.img_to_array(tf.keras.utils.load_img(os.path.join(root, "daisy", "0.png"), target_size=(32, 32)))
img_array = tf.expand_dims(img_array, 0)
score = tf.nn.softmax(model.predict(img_array)[0])
print("{} {:.2f} percent".format(class_names[np.argmax(score)], 100 * np.max(score)))
