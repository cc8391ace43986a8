# A left and a right branch, concatenated with the Merge layer of the first Keras.
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Merge, Activation

left = Sequential()
left.add(Dense(16, input_shape=(20,)))
left.add(Activation('relu'))
right = Sequential()
right.add(Dense(16, input_dim=10, activation='relu'))

model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(3))
model.add(Activation('softmax'))

model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])
a, b = np.random.random((200, 20)), np.random.random((200, 10))
labels = np.eye(3)[np.random.randint(3, size=200)]
model.fit([a, b], labels, nb_epoch=2, batch_size=32)
print(model.predict([a[:2], b[:2]]).shape)
