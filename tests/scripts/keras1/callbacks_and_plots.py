# Losses written down after each batch, the best weights kept, curves drawn.
import os
import tempfile
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.callbacks import Callback, ModelCheckpoint, LearningRateScheduler, CSVLogger
import matplotlib.pyplot as plt

class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

def step_decay(epoch):
    return 0.1 * 0.5 ** (epoch // 2)

folder = tempfile.mkdtemp()
x = np.random.randn(300, 4)
y = (x[:, 0] * x[:, 1] > 0).astype(int)
model = Sequential([Dense(16, activation='relu', input_shape=(4,)), Dense(1, activation='sigmoid')])
model.compile(loss='binary_crossentropy', optimizer='sgd', metrics=['accuracy'])
history = LossHistory()
best = os.path.join(folder, 'weights.best.hdf5')
checkpoint = ModelCheckpoint(best, monitor='val_acc', verbose=1, save_best_only=True, mode='max')
fitted = model.fit(x, y, validation_split=0.2, nb_epoch=6, batch_size=16, verbose=0,
                   callbacks=[history, checkpoint, LearningRateScheduler(step_decay), CSVLogger(os.path.join(folder, 'log.csv'))])
print(len(history.losses), os.listdir(folder))
model.load_weights(best)

plt.plot(fitted.history['acc'])
plt.plot(fitted.history['val_acc'])
plt.title('model accuracy')
plt.ylabel('accuracy')
plt.xlabel('epoch')
plt.legend(['train', 'test'], loc='upper left')
plt.show()
