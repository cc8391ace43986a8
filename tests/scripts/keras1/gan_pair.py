# Generator against discriminator, trained in turn; the pair freezes the discriminator.
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation, Reshape, LeakyReLU
from keras.optimizers import Adam, SGD

np.random.seed(3)
real = np.random.normal(4, 0.5, size=(512, 2))

def generator_model():
    model = Sequential()
    model.add(Dense(16, input_dim=4))
    model.add(Activation('tanh'))
    model.add(Dense(2))
    return model

def discriminator_model():
    model = Sequential()
    model.add(Dense(16, input_dim=2))
    model.add(LeakyReLU(0.2))
    model.add(Dense(1))
    model.add(Activation('sigmoid'))
    return model

def generator_containing_discriminator(generator, discriminator):
    model = Sequential()
    model.add(generator)
    discriminator.trainable = False
    model.add(discriminator)
    return model

discriminator = discriminator_model()
generator = generator_model()
pair = generator_containing_discriminator(generator, discriminator)
g_optim = SGD(lr=0.01, momentum=0.9, nesterov=True)
d_optim = SGD(lr=0.01, momentum=0.9, nesterov=True)
generator.compile(loss='binary_crossentropy', optimizer="SGD")
pair.compile(loss='binary_crossentropy', optimizer=g_optim)
discriminator.trainable = True
discriminator.compile(loss='binary_crossentropy', optimizer=d_optim)

before = [w.copy() for w in discriminator.get_weights()]
for index in range(20):
    noise = np.random.uniform(-1, 1, (32, 4))
    made = generator.predict(noise, verbose=0)
    X = np.concatenate((real[32 * (index % 16):32 * (index % 16 + 1)], made))
    y = [1] * 32 + [0] * 32
    d_loss = discriminator.train_on_batch(X, y)
    kept = [w.copy() for w in discriminator.get_weights()]
    discriminator.trainable = False
    g_loss = pair.train_on_batch(np.random.uniform(-1, 1, (32, 4)), [1] * 32)
    discriminator.trainable = True
    assert all(np.array_equal(a, b) for a, b in zip(kept, discriminator.get_weights()))
    print("batch %d d_loss : %f g_loss : %f" % (index, d_loss, g_loss))
assert not all(np.array_equal(a, b) for a, b in zip(before, discriminator.get_weights()))
