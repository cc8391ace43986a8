# A small CNN as in 2016: Python 2, channels first, the generator's own means, layers taken off by hand for other classes.
import numpy as np
from keras import backend as K
from keras.datasets import cifar10
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.models import Sequential
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import np_utils

K.set_image_dim_ordering('th')
np.random.seed(1)
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train[:600].astype('float32')
X_test = X_test[:200].astype('float32')
Y_train = np_utils.to_categorical(y_train[:600], 10)
Y_test = np_utils.to_categorical(y_test[:200], 10)
channels, rows, cols = X_train.shape[1:]
print 'pictures of', channels, 'channels', rows, 'x', cols

model = Sequential()
model.add(Convolution2D(rows / 4, 3, 3, border_mode='same', input_shape=(channels, rows, cols)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32, activation='relu'))
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True), metrics=['accuracy'])

varied = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, horizontal_flip=True)
varied.fit(X_train)
plain = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
plain.fit(X_train)
model.fit_generator(varied.flow(X_train, Y_train, batch_size=50), samples_per_epoch=X_train.shape[0], nb_epoch=2,
                    validation_data=plain.flow(X_test, Y_test, batch_size=50), nb_val_samples=X_test.shape[0])

model.layers.pop()
model.layers.pop()
model.outputs = [model.layers[-1].output]
model.layers[-1].outbound_nodes = []
for layer in model.layers:
    layer.trainable = False
model.add(Dense(2, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam')
animal = np_utils.to_categorical(np.in1d(y_train[:600], [2, 3, 4, 5, 6, 7]).astype(int), 2)
model.fit(X_train / 255, animal, batch_size=50, nb_epoch=1, verbose=2)
print 'kernels', model.layers[0].W.get_value().shape
K.set_image_dim_ordering('tf')
