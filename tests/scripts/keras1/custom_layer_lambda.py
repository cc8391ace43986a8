# A layer of one's own and a Lambda, written with the backend.
import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Input, Dense, Lambda
from keras.models import Model

class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(shape=(input_shape[1], self.output_dim), initializer='glorot_uniform', trainable=True,
                                 name='W')
        super(MyLayer, self).build(input_shape)

    def call(self, x, mask=None):
        return K.dot(x, self.W)

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], self.output_dim)

def distance(vects):
    x, y = vects
    return K.sqrt(K.maximum(K.sum(K.square(x - y), axis=1, keepdims=True), K.epsilon()))

def distance_shape(shapes):
    return (shapes[0][0], 1)

def contrastive_loss(y_true, y_pred):
    margin = 1
    return K.mean(y_true * K.square(y_pred) + (1 - y_true) * K.square(K.maximum(margin - y_pred, 0)))

base_in = Input(shape=(6,))
base = Model(input=base_in, output=MyLayer(4)(Dense(8, activation='relu')(base_in)))
a, b = Input(shape=(6,)), Input(shape=(6,))
d = Lambda(distance, output_shape=distance_shape)([base(a), base(b)])
model = Model(input=[a, b], output=d)
model.compile(loss=contrastive_loss, optimizer='rmsprop')
left, right = np.random.rand(64, 6), np.random.rand(64, 6)
same = np.random.randint(0, 2, size=(64,)).astype('float32')
model.fit([left, right], same, batch_size=16, nb_epoch=2)
print(model.predict([left[:3], right[:3]]).ravel())
