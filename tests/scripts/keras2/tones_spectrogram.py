# Tones told apart by a small CNN on their spectrograms; names of classes by a table.
import numpy as np
import tensorflow as tf

NAMES = np.array(["low", "middle", "high"])
table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(NAMES, tf.range(3, dtype=tf.int64)), default_value=-1)


def get_spectrogram(waveform):
    waveform = tf.cast(waveform, tf.float32)
    padding = tf.zeros([1024] - tf.shape(waveform), dtype=tf.float32)
    spectrogram = tf.abs(tf.signal.stft(tf.concat([waveform, padding], 0), frame_length=255, frame_step=128))
    return spectrogram[..., tf.newaxis]


time = np.arange(1000) / 4000.0
names = np.random.choice(NAMES, 96)
pitch = {"low": 200.0, "middle": 600.0, "high": 1400.0}
waves = np.stack([np.sin(2 * np.pi * pitch[n] * time) + 0.1 * np.random.randn(1000) for n in names]).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices((waves, names))
dataset = dataset.map(lambda wave, name: (get_spectrogram(wave), table.lookup(name))).batch(16)
for spectrogram, label in dataset.take(1):
    shape = spectrogram.shape[1:]
print("spectrogram", shape, "label", label.numpy()[:3])
norm = tf.keras.layers.Normalization()
norm.adapt(dataset.map(lambda spectrogram, label: spectrogram))
model = tf.keras.Sequential([tf.keras.layers.Input(shape=shape), tf.keras.layers.Resizing(16, 16), norm,
                             tf.keras.layers.Conv2D(4, 3, activation="relu"), tf.keras.layers.Flatten(),
                             tf.keras.layers.Dense(3)])
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(dataset, epochs=5)
answers = tf.argmax(model.predict(dataset), axis=1)
print(tf.math.confusion_matrix(labels=table.lookup(names), predictions=answers, num_classes=3).numpy())
