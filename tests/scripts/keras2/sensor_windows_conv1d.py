# What a phone in the pocket does, from windows of its acceleration: Conv1D, weights for rare classes, a confusion matrix.
import numpy as np
import matplotlib.pyplot as plt
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight
from tensorflow import keras
from tensorflow.keras import layers, utils

names = ['still', 'walk', 'run']
rng = np.random.default_rng(0)
t = np.arange(0, 1300) / 20
signals, states = [], []
for state, (hertz, height, count) in enumerate([(0.1, 0.1, 3), (1.8, 1.0, 2), (3.0, 2.2, 1)]):
    for _ in range(count):
        wave = height * np.sin(2 * np.pi * hertz * t[:, None] + rng.uniform(0, 6, 3)) + rng.normal(0, 0.2, (1300, 3))
        signals.append(wave); states.append(np.full(1300, state))
signals, states = np.concatenate(signals), np.concatenate(states)

def windows(x, y, length=64, step=16):
    starts = [s for s in range(0, len(x) - length, step) if len(set(y[s:s + length])) == 1]
    return np.stack([x[s:s + length] for s in starts]), np.array([y[s] for s in starts])

X, y = windows(StandardScaler().fit_transform(signals), states)
order = rng.permutation(len(X))
X, y = X[order], y[order]
n = int(0.75 * len(X))
weight = dict(enumerate(compute_class_weight('balanced', classes=np.unique(y), y=y)))
print(X.shape, weight)

model = keras.Sequential([
    keras.Input(shape=X.shape[1:]),
    layers.Conv1D(16, 5, activation='relu', padding='same'),
    layers.BatchNormalization(),
    layers.MaxPooling1D(2),
    layers.SeparableConv1D(24, 3, activation='relu'),
    layers.SpatialDropout1D(0.1),
    layers.GlobalMaxPooling1D(),
    layers.Dense(len(names), activation='softmax'),
])
model.compile(optimizer=keras.optimizers.Nadam(learning_rate=2e-3), loss='categorical_crossentropy', metrics=['accuracy'])
stop = keras.callbacks.EarlyStopping(monitor='val_loss', patience=3, restore_best_weights=True)
history = model.fit(X[:n], utils.to_categorical(y[:n], 3), validation_split=0.2, epochs=6, batch_size=32, verbose=2,
                    class_weight=weight, callbacks=[stop])
guess = np.argmax(model.predict(X[n:], verbose=0), axis=-1)
print(confusion_matrix(y[n:], guess, labels=[0, 1, 2]))
print(classification_report(y[n:], guess, labels=[0, 1, 2], target_names=names, zero_division=0))
plt.plot(history.history['loss'], label='train'); plt.plot(history.history['val_loss'], label='valid'); plt.legend()
plt.savefig('sensors.png')
