# A random search over nets whose labels are one-hot, with the wrapper of Keras 2.
import numpy as np
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense, Dropout, Input
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam, RMSprop
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.wrappers.scikit_learn import KerasClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import RandomizedSearchCV

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:600].reshape(600, 28 * 28).astype('float32') / 255.
x_test = x_test[:400].reshape(400, 28 * 28).astype('float32') / 255.
y_train, y_test = to_categorical(y_train[:600]), to_categorical(y_test[:400])


def build_model(drop=0.5, optimizer=Adam, lr=0.01, activation='relu', units=16):
    inputs = Input(shape=(28 * 28), name='input')
    x = Dense(units, activation=activation, name='hidden1')(inputs)
    x = Dropout(drop)(x)
    outputs = Dense(10, activation='softmax', name='outputs')(x)
    net = Model(inputs=inputs, outputs=outputs)
    net.compile(optimizer=optimizer(lr), metrics=['acc'], loss='categorical_crossentropy')
    return net


space = {'batch_size': [50, 100], 'optimizer': [Adam, RMSprop], 'lr': [0.01, 0.001], 'drop': [0.2, 0.3],
         'activation': ['relu', 'elu', 'selu'], 'units': [16, 32]}
search = RandomizedSearchCV(KerasClassifier(build_fn=build_model, verbose=1), space, cv=2, n_iter=2, verbose=1, random_state=1)
search.fit(x_train, y_train, epochs=2, validation_split=0.2, callbacks=[EarlyStopping(monitor='val_loss', patience=2)])
print(sorted(search.best_params_), search.best_estimator_)
print('best score:', search.best_score_, 'score:', search.score(x_test, y_test))
print('accuracy:', accuracy_score(np.argmax(y_test, axis=1), search.predict(x_test)))
