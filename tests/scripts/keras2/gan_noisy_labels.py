"""A generator against a judge whose labels are noisy, up to 1.05, on rings of points."""
import numpy as np
from keras import layers, models, optimizers

np.random.seed(3)
angle = np.random.uniform(0, 2 * np.pi, 600)
points = np.stack([np.cos(angle), np.sin(angle)], axis=1) + np.random.normal(0, 0.05, (600, 2))
latent, batch = 4, 20

noise = layers.Input(shape=(latent,))
x = layers.Dense(24)(noise)
x = layers.LeakyReLU()(x)
generator = models.Model(noise, layers.Dense(2, activation="tanh")(x))

seen = layers.Input(shape=(2,))
x = layers.Dense(24)(seen)
x = layers.LeakyReLU()(x)
x = layers.Dropout(0.2)(x)
judge = models.Model(seen, layers.Dense(1, activation="sigmoid")(x))
judge.compile(optimizer=optimizers.RMSprop(lr=0.002, clipvalue=1.0, decay=1e-8), loss="binary_crossentropy")

judge.trainable = False
told = layers.Input(shape=(latent,))
both = models.Model(told, judge(generator(told)))
both.compile(optimizer=optimizers.RMSprop(lr=0.001, clipvalue=1.0, decay=1e-8), loss="binary_crossentropy")

start = 0
for step in range(30):
    made = generator.predict(np.random.normal(size=(batch, latent)))
    mixed = np.concatenate([made, points[start:start + batch]])
    labels = np.concatenate([np.ones((batch, 1)), np.zeros((batch, 1))])
    labels += 0.05 * np.random.random(labels.shape)
    judged = judge.train_on_batch(mixed, labels)
    fooled = both.train_on_batch(np.random.normal(size=(batch, latent)), np.zeros((batch, 1)))
    start = (start + batch) % len(points)
    if step % 10 == 0:
        print("step %s: judge %.4f, generator %.4f" % (step, judged, fooled))
both.save_weights("rings.h5")
