"""Which words of a sentence are a place, a person, a date? A tag for each word; padding counts for nothing."""

import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(4)
words = {"O": ["we", "met", "in", "the", "and", "left", "for", "with", "saw", "house"], "PLACE": ["seoul", "busan", "paris", "oslo"],
         "PERSON": ["mina", "jun", "anna", "lee"], "DATE": ["monday", "friday", "may", "june"]}
tags = list(words)
vocabulary = {word: i + 1 for i, word in enumerate(sorted({word for group in words.values() for word in group}))}
length = 10
x, y, weight = np.zeros((300, length), "int32"), np.zeros((300, length), "int32"), np.zeros((300, length), "float32")
for row in range(300):
    n = rng.integers(4, length + 1)
    for k in range(n):
        tag = int(rng.choice(4, p=[0.55, 0.15, 0.15, 0.15]))
        x[row, k], y[row, k], weight[row, k] = vocabulary[rng.choice(words[tags[tag]])], tag, 1.0

inputs = keras.Input(shape=(length,), dtype="int32")
h = layers.Embedding(len(vocabulary) + 1, 16)(inputs)
h = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(h)
h = layers.Dropout(0.1)(h)
outputs = layers.TimeDistributed(layers.Dense(len(tags), activation="softmax"))(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, sample_weight=weight, batch_size=32, epochs=4, verbose=2)
found = model.predict(x[:1], verbose=0)[0].argmax(axis=-1)
names = {i: word for word, i in vocabulary.items()}
print([(names[i], tags[t]) for i, t in zip(x[0], found) if i])
