"""Pictures in folders as a dataset of Keras 3, scaled, augmented and learned."""

import os
import numpy as np
import keras
from keras import layers
from PIL import Image

rng = np.random.default_rng(0)
for name, tone in (("leaf", (60, 160, 70)), ("sky", (90, 130, 220)), ("brick", (180, 80, 60))):
    os.makedirs(os.path.join("photos", name))
    for i in range(16):
        pixels = rng.normal(tone, 25, (30, 34, 3)).clip(0, 255).astype("uint8")
        Image.fromarray(pixels).save(os.path.join("photos", name, f"{i:02d}.png"))
train = keras.utils.image_dataset_from_directory("photos", image_size=(24, 24), batch_size=8, label_mode="categorical", seed=3)
print(train.class_names) if hasattr(train, "class_names") else None
model = keras.Sequential([keras.Input((24, 24, 3)), layers.Rescaling(1.0 / 127.5, offset=-1), layers.RandomContrast(0.1),
                          layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
print(model.fit(train, epochs=2).history)
