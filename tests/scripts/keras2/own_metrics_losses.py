# Metrics and losses written with the backend; sample weights and class weights.
import numpy as np
import keras
import keras.backend as K
from keras.models import Sequential, load_model
from keras.layers import Dense, Activation
from keras.utils.generic_utils import get_custom_objects

def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())

def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())

def f1_m(y_true, y_pred):
    p, r = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * ((p * r) / (p + r + K.epsilon()))

def focal(gamma=2.):
    def loss(y_true, y_pred):
        y_pred = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
        pt = y_true * y_pred + (1 - y_true) * (1 - y_pred)
        return -K.mean(K.pow(1 - pt, gamma) * K.log(pt), axis=-1)
    return loss

def swish(x):
    return K.sigmoid(x) * x

get_custom_objects().update({'swish2': Activation(swish)})
x = np.random.randn(300, 6)
y = (x.sum(axis=1) > 1).astype('float32')
model = Sequential([Dense(12, input_shape=(6,)), Activation(swish), Dense(6, activation='swish2'), Dense(1, activation='sigmoid')])
model.compile(loss=focal(), optimizer='adam', metrics=['acc', f1_m, precision_m, recall_m])
model.fit(x, y, epochs=3, class_weight={0: 1., 1: 3.}, sample_weight=np.ones(300), verbose=2)
print(dict(zip(model.metrics_names, model.evaluate(x, y, verbose=0))))
