# Rare defects: class weights from a generator's labels, and F1 of the validation data by a callback of one's own.
import numpy as np
from keras.callbacks import Callback
from keras.layers import BatchNormalization, Dense
from keras.models import Sequential
from sklearn.metrics import f1_score
from sklearn.utils import class_weight

rng = np.random.RandomState(8)
x = rng.normal(size=(900, 6)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] * x[:, 2] > 1.4).astype(int)


class F1(Callback):
    def on_train_begin(self, logs={}):
        self.scores = []

    def on_epoch_end(self, epoch, logs={}):
        guessed = (np.asarray(self.model.predict(self.validation_data[0])) > 0.5).astype(int)
        self.scores.append(f1_score(self.validation_data[1], guessed))
        print(" - val_f1: %.3f" % self.scores[-1])


def batches(size):
    while True:
        rows = rng.randint(0, 700, size)
        yield x[rows], y[rows]


model = Sequential()
model.add(Dense(16, input_dim=6, activation="relu"))
model.add(BatchNormalization())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
weights = class_weight.compute_class_weight(class_weight="balanced", classes=np.unique(y), y=y)
scores = F1()
model.fit_generator(batches(32), steps_per_epoch=30, epochs=4, validation_data=(x[700:], y[700:]), verbose=2,
                    class_weight=dict(enumerate(weights)), callbacks=[scores])
print("F1 by epoch:", scores.scores, "rare:", y.mean())
