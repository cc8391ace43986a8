# Grey patches made to look striped: a generator with instance normalisation, a discriminator that judges patch by patch.
import datetime

import numpy as np
from keras.layers import Activation, Add, Input
from keras.layers import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2D, UpSampling2D
from keras.models import Model
from keras.optimizers import Adam
from keras_contrib.layers.normalization import InstanceNormalization

np.random.seed(5)

class Stripes():
    def __init__(self):
        self.shape = (16, 16, 1)
        self.patch = (4, 4, 1)
        optimizer = Adam(0.0005, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss='mse', optimizer=optimizer, metrics=['accuracy'])
        self.generator = self.build_generator()
        plain = Input(shape=self.shape)
        fake = self.generator(plain)
        self.discriminator.trainable = False
        valid = self.discriminator(fake)
        self.combined = Model(plain, [valid, fake])
        self.combined.compile(loss=['mse', 'mae'], loss_weights=[1, 2], optimizer=optimizer)

    def build_generator(self):
        x = Input(shape=self.shape)
        down = Conv2D(8, kernel_size=4, strides=2, padding='same')(x)
        down = InstanceNormalization()(LeakyReLU(alpha=0.2)(down))
        same = Conv2D(8, kernel_size=3, padding='same', activation='relu')(down)
        same = Add()([BatchNormalization(momentum=0.8)(same), down])
        up = UpSampling2D(size=2)(same)
        return Model(x, Conv2D(1, kernel_size=4, padding='same', activation='tanh')(up))

    def build_discriminator(self):
        x = Input(shape=self.shape)
        d = LeakyReLU(alpha=0.2)(Conv2D(8, kernel_size=4, strides=2, padding='same')(x))
        d = Conv2D(16, kernel_size=4, strides=2, padding='same')(d)
        d = InstanceNormalization(axis=-1)(LeakyReLU(alpha=0.2)(d))
        return Model(x, Conv2D(1, kernel_size=4, strides=1, padding='same')(d))

    def load(self, batch_size):
        plain = np.random.uniform(-0.2, 0.2, (batch_size,) + self.shape) + np.random.uniform(-0.5, 0.5, (batch_size, 1, 1, 1))
        striped = plain.copy()
        striped[:, :, ::2] = -striped[:, :, ::2]
        return plain, striped

    def train(self, epochs, batch_size=8):
        start = datetime.datetime.now()
        valid, fake = np.ones((batch_size,) + self.patch), np.zeros((batch_size,) + self.patch)
        for epoch in range(epochs):
            plain, striped = self.load(batch_size)
            made = self.generator.predict(plain, verbose=0)
            d_loss = 0.5 * np.add(self.discriminator.train_on_batch(striped, valid), self.discriminator.train_on_batch(made, fake))
            g_loss = self.combined.train_on_batch(plain, [valid, striped])
            if epoch % 5 == 0:
                print('[Epoch %d/%d] [D loss: %f, acc: %3d%%] [G loss: %05f, mae: %05f] time: %s' % (
                    epoch, epochs, d_loss[0], 100 * d_loss[1], g_loss[0], g_loss[2], datetime.datetime.now() - start))

if __name__ == '__main__':
    Stripes().train(epochs=20)
