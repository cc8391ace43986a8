# A variational coder as an object: its loss is a sum of two functions, one of which reads the object's own symbols.
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.models import Model
from keras.optimizers import Adam

np.random.seed(3)


def drawn(pair):
    mean, log_variance = pair
    return mean + K.exp(log_variance / 2) * K.random_normal(shape=K.shape(mean))


class Coder:
    def __init__(self, width, codes):
        x = Input((width,), name="row")
        h = Dense(24, activation="relu")(x)
        self.mean, self.log_variance = Dense(codes, name="mean")(h), Dense(codes, name="log_variance")(h)
        code = Lambda(drawn, name="code")([self.mean, self.log_variance])
        self.encoder = Model(x, [self.mean, self.log_variance, code], name="encoder")
        z = Input((codes,))
        self.decoder = Model(z, Dense(width, activation="sigmoid")(Dense(24, activation="relu")(z)), name="decoder")
        self.model = Model(x, self.decoder(self.encoder(x)[2]))

    def compile(self, rate, factor):
        def apart(y_true, y_pred):
            return factor * K.mean(K.square(y_true - y_pred), axis=[1])

        def spread(y_true, y_pred):
            return -0.5 * K.sum(1 + self.log_variance - K.square(self.mean) - K.exp(self.log_variance), axis=1)

        def both(y_true, y_pred):
            return apart(y_true, y_pred) + spread(y_true, y_pred)

        self.model.compile(optimizer=Adam(lr=rate), loss=both, metrics=[apart])


angle = np.random.uniform(0, 2 * np.pi, (800, 1))
rows = (0.5 + 0.4 * np.cos(angle + np.linspace(0, np.pi, 12))).astype("float32")
coder = Coder(12, 2)
coder.compile(0.003, 100)
history = coder.model.fit(rows, rows, batch_size=32, epochs=4, shuffle="batch", validation_data=(rows[:100], rows[:100]), verbose=2)
mean, log_variance, code = coder.encoder.predict(rows[:50])
print(sorted(history.history), mean.shape, coder.decoder.predict(np.zeros((1, 2))).round(2))
