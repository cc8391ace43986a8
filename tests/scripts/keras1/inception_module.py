# An Inception module of 2016: four towers beside each other, merged.
import numpy as np
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dense, merge, Dropout
from keras.layers.normalization import BatchNormalization
from keras.regularizers import l2
from keras.datasets import cifar10
from keras.utils import np_utils

(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train[:400].astype('float32') / 255
Y_train = np_utils.to_categorical(y_train[:400], 10)

input_img = Input(shape=(32, 32, 3))
x = Convolution2D(12, 3, 3, subsample=(2, 2), border_mode='same', activation='relu', W_regularizer=l2(0.0002))(input_img)
x = BatchNormalization(axis=-1)(x)
tower_1 = Convolution2D(8, 1, 1, border_mode='same', activation='relu')(x)
tower_1 = Convolution2D(8, 3, 3, border_mode='same', activation='relu')(tower_1)
tower_2 = Convolution2D(8, 1, 1, border_mode='same', activation='relu')(x)
tower_2 = Convolution2D(8, 5, 5, border_mode='same', activation='relu')(tower_2)
tower_3 = MaxPooling2D((3, 3), strides=(1, 1), border_mode='same')(x)
tower_3 = Convolution2D(8, 1, 1, border_mode='same', activation='relu')(tower_3)
tower_4 = Convolution2D(8, 1, 1, border_mode='same', activation='relu')(x)
output = merge([tower_1, tower_2, tower_3, tower_4], mode='concat', concat_axis=-1)
output = AveragePooling2D((8, 8))(output)
output = Flatten()(output)
output = Dropout(0.4)(output)
output = Dense(output_dim=10, activation='softmax')(output)
model = Model(input=input_img, output=output)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, Y_train, batch_size=32, nb_epoch=2, verbose=2)
print(model.output_shape)
