# Pictures of two folders read once, kept as .npy files, and learned from there.
import os
import numpy as np
from PIL import Image
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

rng = np.random.default_rng(0)
for part, count in (('train', 14), ('test', 6)):
    for number, kind in enumerate(('ad', 'normal')):
        os.makedirs('./_data/%s/%s' % (part, kind), exist_ok=True)
        for i in range(count):
            pixels = rng.integers(0, 120, (32, 32)) + 100 * number
            Image.fromarray(pixels.astype('uint8')).save('./_data/%s/%s/%d.jpg' % (part, kind, i))

train_datagen = ImageDataGenerator(rescale=1. / 255, horizontal_flip=True, vertical_flip=True, width_shift_range=0.1,
                                   height_shift_range=0.1, rotation_range=5, zoom_range=1.2, shear_range=0.7,
                                   fill_mode='nearest')
test_datagen = ImageDataGenerator(rescale=1. / 255)
xy_train = train_datagen.flow_from_directory('./_data/train', target_size=(24, 24), batch_size=100, class_mode='binary',
                                             color_mode='grayscale', shuffle=True)
xy_test = test_datagen.flow_from_directory('./_data/test/', target_size=(24, 24), batch_size=100, class_mode='binary',
                                           color_mode='grayscale')
print(xy_train[0][0].shape, xy_train[0][1].shape, xy_train.class_indices)
np.save('./k_train_x.npy', arr=xy_train[0][0])
np.save('./k_train_y.npy', arr=xy_train[0][1])

x_train, y_train = np.load('./k_train_x.npy'), np.load('./k_train_y.npy')
chosen = np.random.randint(x_train.shape[0], size=10)
more = train_datagen.flow(x_train[chosen].copy(), y_train[chosen].copy(), batch_size=10, shuffle=False).next()
x_train, y_train = np.concatenate((x_train, more[0])), np.concatenate((y_train, more[1]))

model = Sequential()
model.add(Conv2D(8, (2, 2), input_shape=(24, 24, 1), activation='relu', padding='same'))
model.add(MaxPooling2D(2))
model.add(Dropout(0.1))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['acc'])
hist = model.fit(x_train, y_train, epochs=3, batch_size=8, validation_split=0.2)
hist = model.fit_generator(xy_train, epochs=2, steps_per_epoch=1, validation_data=xy_test, validation_steps=1)
print('acc:', hist.history['acc'][-1], 'val_acc:', hist.history['val_acc'][:-1])
print('loss, acc:', model.evaluate_generator(xy_test), model.predict(xy_test).shape)
