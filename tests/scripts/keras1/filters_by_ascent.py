# What does a filter want to see? Steps up the gradient of its mean, by K.function.
from __future__ import print_function
import numpy as np
from keras import backend as K
from keras.models import Sequential
from keras.layers import Convolution2D, MaxPooling2D, Flatten, Dense

model = Sequential()
model.add(Convolution2D(6, 3, 3, activation='relu', name='block1', input_shape=(24, 24, 3)))
model.add(MaxPooling2D((2, 2)))
model.add(Convolution2D(8, 3, 3, activation='relu', name='block2'))
model.add(Flatten())
model.add(Dense(4, activation='softmax'))
layer_dict = dict([(layer.name, layer) for layer in model.layers])
input_img = model.input

def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)

def deprocess_image(x):
    x = x - x.mean()
    x /= (x.std() + 1e-5)
    x = np.clip(x * 0.1 + 0.5, 0, 1) * 255
    return np.clip(x, 0, 255).astype('uint8')

np.random.seed(3)
kept = []
for filter_index in range(3):
    layer_output = layer_dict['block2'].output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = normalize(K.gradients(loss, input_img)[0])
    iterate = K.function([input_img], [loss, grads])
    input_img_data = (np.random.random((1, 24, 24, 3)) - 0.5) * 20 + 128
    first = None
    for i in range(8):
        loss_value, grads_value = iterate([input_img_data])
        first = loss_value if first is None else first
        input_img_data += grads_value
    print('filter %d: %.4f -> %.4f' % (filter_index, first, loss_value))
    assert loss_value >= first
    kept.append(deprocess_image(input_img_data[0]))
print(len(kept), kept[0].shape, kept[0].dtype)
