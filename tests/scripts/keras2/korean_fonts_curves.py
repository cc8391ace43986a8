# Clothes by a small net, curves with Korean titles in a font that is on Windows alone; settings by callbacks, the best file read back.
import platform

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager, rc
from sklearn.model_selection import train_test_split
from tensorflow import keras

if platform.system() == 'Darwin':
    rc('font', family='AppleGothic')
else:
    font_path = "C:/Windows/Fonts/malgun.ttf"
    rc('font', family=font_manager.FontProperties(fname=font_path).get_name())
plt.rcParams['axes.unicode_minus'] = False

(train_input, train_target), (test_input, test_target) = keras.datasets.fashion_mnist.load_data()
train_input, train_target, test_input, test_target = train_input[:600], train_target[:600], test_input[:200], test_target[:200]
print(np.unique(train_target, return_counts=True))
train_scaled, val_scaled, train_target, val_target = train_test_split(
    train_input / 255.0, train_target, test_size=0.2, random_state=42)


def model_fn(a_layer=None):
    model = keras.Sequential()
    model.add(keras.layers.Flatten(input_shape=(28, 28), name='flatten'))
    model.add(keras.layers.Dense(30, activation='relu', name='hidden'))
    if a_layer:
        model.add(a_layer)
    model.add(keras.layers.Dense(10, activation='softmax', name=''))
    return model


model = model_fn(keras.layers.Dropout(0.3))
model.summary()
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics='accuracy')
checkpoint_cb = keras.callbacks.ModelCheckpoint('best-model.h5', save_best_only=True)
early_stopping_cb = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
history = model.fit(train_scaled, train_target, epochs=4, verbose=0, validation_data=(val_scaled, val_target),
                    callbacks=[checkpoint_cb, early_stopping_cb])
print(early_stopping_cb.stopped_epoch, sorted(history.history))

fig, axs = plt.subplots(1, 2, figsize=(10, 4))
axs[0].plot(history.epoch, history.history['loss'], label='훈련')
axs[0].plot(history.epoch, history.history['val_loss'], label='검증')
axs[0].set_title('손실 곡선')
axs[0].legend()
axs[1].imshow(train_scaled[0], cmap='gray_r')
axs[1].set_xlabel('에포크', fontproperties=font_manager.FontProperties(fname=font_path) if 'font_path' in globals() else None)
plt.show()

best = keras.models.load_model('best-model.h5')
val_labels = np.argmax(best.predict(val_scaled), axis=-1)
print('정확도:', np.mean(val_labels == val_target), best.evaluate(test_input / 255.0, test_target))
