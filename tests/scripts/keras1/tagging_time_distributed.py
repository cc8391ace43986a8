# Each word gets a tag: an embedding, a recurrent layer that gives its sequence, a dense layer at every step.
import numpy as np
from keras.models import Sequential
from keras.layers import Embedding, GRU, Dense, Activation
from keras.layers.wrappers import TimeDistributed, Bidirectional

words, tags, length = 60, 4, 10
x = np.random.randint(1, words, size=(160, length))
y = np.eye(tags)[x % tags]

model = Sequential()
model.add(Embedding(words, 16, input_length=length))
model.add(Bidirectional(GRU(16, return_sequences=True), merge_mode='concat'))
model.add(TimeDistributed(Dense(tags)))
model.add(Activation('softmax'))
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
h = model.fit(x, y, nb_epoch=5, batch_size=16, validation_split=0.1, verbose=2)
print(h.history['val_acc'])
print(model.predict(x[:1])[0].argmax(axis=-1), x[0] % tags)
