# TensorBoard's log, a lambda callback, one's own that prints times and stops, and learning rates read back.
import os
import time
import datetime
import numpy as np
from tensorflow import keras
from tensorflow.keras.callbacks import Callback, TensorBoard, LambdaCallback, ReduceLROnPlateau, CSVLogger

x = np.random.rand(256, 10)
y = (x.sum(axis=1) > 5).astype('float32')


class TimeHistory(Callback):
    def on_train_begin(self, logs=None):
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_time_start = time.time()

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(time.time() - self.epoch_time_start)


class StopAt(Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') > 0.99:
            print('\nReached 99% accuracy so cancelling training!')
            self.model.stop_training = True


class BatchLosses(Callback):
    def __init__(self):
        super(BatchLosses, self).__init__()
        self.seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1

    def on_test_begin(self, logs=None):
        print('evaluating', end=' ')


model = keras.Sequential([keras.layers.Dense(16, activation='relu', input_shape=(10,)), keras.layers.Dense(1, activation='sigmoid')])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9), loss='binary_crossentropy', metrics=['accuracy'])
log_dir = os.path.join('logs', 'fit', datetime.datetime.now().strftime('%Y%m%d-%H%M%S'))
times, batches = TimeHistory(), BatchLosses()
printing = LambdaCallback(on_epoch_end=lambda epoch, logs: print('%d: %.4f' % (epoch, logs['loss'])))
history = model.fit(x, y, epochs=4, batch_size=32, validation_split=0.25, verbose=0,
                    callbacks=[times, StopAt(), batches, printing, TensorBoard(log_dir=log_dir),
                               ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1, min_lr=0.001), CSVLogger('log.csv')])
print(len(times.times), batches.seen, sorted(history.history), float(keras.backend.get_value(model.optimizer.learning_rate)))
assert batches.seen % len(times.times) == 0 and os.path.exists('log.csv')
