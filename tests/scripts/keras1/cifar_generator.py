# CIFAR-10 with pictures shifted and flipped by ImageDataGenerator; fit_generator counts samples.
from __future__ import print_function
from keras.datasets import cifar10
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, BatchNormalization
from keras.layers import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.callbacks import ModelCheckpoint, EarlyStopping
from keras.utils import np_utils

batch_size, nb_classes, nb_epoch = 32, 10, 2
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train, y_train, X_test, y_test = X_train[:640], y_train[:640], X_test[:160], y_test[:160]
Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)
X_train = X_train.astype('float32') / 255
X_test = X_test.astype('float32') / 255

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=X_train.shape[1:]))
model.add(Convolution2D(8, 3, 3, activation='relu', W_regularizer='l2'))
model.add(BatchNormalization(mode=0, axis=-1))
model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32))
model.add(Activation('relu'))
model.add(Dense(nb_classes, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])

datagen = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, rotation_range=15,
                             width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True, vertical_flip=False)
datagen.fit(X_train)
model.fit_generator(datagen.flow(X_train, Y_train, batch_size=batch_size),
                    samples_per_epoch=X_train.shape[0], nb_epoch=nb_epoch,
                    validation_data=(X_test, Y_test), callbacks=[EarlyStopping(monitor='val_loss', patience=2)])
print(model.evaluate_generator(datagen.flow(X_test, Y_test, batch_size=batch_size), val_samples=X_test.shape[0]))
