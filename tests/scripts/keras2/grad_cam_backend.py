# Where did it look? The gradient of a class by the last maps, with K.gradients and K.function.
import numpy as np
import tensorflow as tf
tf.compat.v1.disable_eager_execution()
from keras import backend as K
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Conv2D, GlobalAveragePooling2D, Dense

(x, y), _ = mnist.load_data()
x, y = x[:300, ..., None] / 255., y[:300]
model = Sequential([Conv2D(8, 3, activation='relu', input_shape=(28, 28, 1)),
                    Conv2D(8, 3, activation='relu', name='last_conv'), GlobalAveragePooling2D(), Dense(10, activation='softmax')])
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x, y, epochs=1, verbose=0)
class_idx = int(np.argmax(model.predict(x[:1])[0]))
class_output = model.output[:, class_idx]
last_conv_layer = model.get_layer('last_conv')
grads = K.gradients(class_output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
pooled_grads_value, conv_layer_output_value = iterate([x[:1]])
for i in range(8):
    conv_layer_output_value[:, :, i] *= pooled_grads_value[i]
heatmap = np.mean(conv_layer_output_value, axis=-1)
heatmap = np.maximum(heatmap, 0)
print(heatmap.shape, np.isfinite(heatmap).all())
layer_outputs = [layer.output for layer in model.layers[:2]]
get = K.function([model.layers[0].input, K.learning_phase()], layer_outputs)
print([a.shape for a in get([x[:2], 0])])
