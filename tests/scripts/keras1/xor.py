# The exclusive or: two inputs, one answer.
import numpy as np
from keras.models import Sequential
from keras.layers.core import Dense, Activation
from keras.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])

model = Sequential()
model.add(Dense(8, input_dim=2, init='glorot_normal'))
model.add(Activation('tanh'))
model.add(Dense(1))
model.add(Activation('sigmoid'))

sgd = SGD(lr=0.1)
model.compile(loss='binary_crossentropy', optimizer=sgd, class_mode='binary')

model.fit(X, y, batch_size=1, nb_epoch=300, verbose=0)
print(model.predict_proba(X))
print(model.predict_classes(X))
for layer in model.layers:
    print(layer.get_weights())
