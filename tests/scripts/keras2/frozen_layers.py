# A frozen VGG16 under a small head: which layers train, as a table; then one of two kinds learned on small pictures.
import numpy as np
import pandas as pd
from tensorflow.keras.applications import VGG16, VGG19, ResNet50, InceptionResNetV2, MobileNetV3Large, NASNetMobile
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential

vgg16 = VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
vgg16.trainable = False
model = Sequential()
model.add(vgg16)
model.add(GlobalAveragePooling2D())
model.add(Dense(10, activation='relu'))
model.add(Dense(2, activation='softmax'))
model.summary()
print('weights:', len(model.weights), 'trained:', len(model.trainable_weights))

pd.set_option('max_colwidth', -1)
layers = [(layer, layer.name, layer.trainable) for layer in model.layers]
print(pd.DataFrame(layers, columns=['Layer Type', 'Layer Name', 'Layer Trainable']))

rng = np.random.default_rng(1)
y = rng.integers(0, 2, 24)
x = preprocess_input(rng.integers(0, 120, (24, 32, 32, 3)) + 100. * y[:, None, None, None])
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['acc'])
before = vgg16.layers[1].get_weights()[0].copy()
model.fit(x, y, epochs=2, batch_size=8, validation_split=0.25)
print('frozen stayed:', np.array_equal(before, vgg16.layers[1].get_weights()[0]))
model.layers[0].trainable = True
print('trained now:', len(model.trainable_weights))
