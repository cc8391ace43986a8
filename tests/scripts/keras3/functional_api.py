"""The functional API: shared layers, several inputs and outputs, nested models, named losses."""

import numpy as np
import keras
from keras import layers

num_tags, num_words, num_departments = 12, 200, 4
title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(num_tags,), name="tags")
embedding = layers.Embedding(num_words, 16)
title_features = layers.LSTM(16)(embedding(title_input))
body_features = layers.LSTM(8)(embedding(body_input))
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)
model = keras.Model(inputs=[title_input, body_input, tags_input],
                    outputs={"priority": priority_pred, "department": department_pred})
model.compile(optimizer=keras.optimizers.RMSprop(1e-3),
              loss={"priority": keras.losses.BinaryCrossentropy(from_logits=True),
                    "department": keras.losses.CategoricalCrossentropy(from_logits=True)},
              loss_weights={"priority": 1.0, "department": 0.2})
title_data = np.random.randint(num_words, size=(128, 6))
body_data = np.random.randint(num_words, size=(128, 15))
tags_data = np.random.randint(2, size=(128, num_tags)).astype("float32")
priority_targets = np.random.random(size=(128, 1))
dept_targets = np.eye(num_departments)[np.random.randint(num_departments, size=128)]
history = model.fit({"title": title_data, "body": body_data, "tags": tags_data},
                    {"priority": priority_targets, "department": dept_targets}, epochs=2, batch_size=32)
print(history.history.keys())

encoder_input = keras.Input(shape=(28, 28, 1), name="img")
x = layers.Conv2D(8, 3, activation="relu")(encoder_input)
x = layers.MaxPooling2D(3)(x)
encoder_output = layers.GlobalMaxPooling2D()(x)
encoder = keras.Model(encoder_input, encoder_output, name="encoder")
decoder_input = keras.Input(shape=(8,), name="encoded_img")
x = layers.Reshape((2, 2, 2))(decoder_input)
x = layers.Conv2DTranspose(4, 3, activation="relu")(x)
decoder = keras.Model(decoder_input, layers.UpSampling2D(7)(x), name="decoder")
autoencoder_input = keras.Input(shape=(28, 28, 1))
autoencoder = keras.Model(autoencoder_input, decoder(encoder(autoencoder_input)), name="autoencoder")
autoencoder.summary()
print(autoencoder.predict(np.zeros((2, 28, 28, 1)), verbose=0).shape)
