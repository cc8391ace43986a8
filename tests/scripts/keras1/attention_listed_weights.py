# Which words matter: an attention layer in the manner of 2017, with its weights listed by itself.
import numpy as np
from keras import backend as K, initializers
from keras.engine.topology import Layer
from keras.layers import GRU, Bidirectional, Dense, Embedding, Input
from keras.models import Model
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer

np.random.seed(4)
GOOD, BAD, FILL = "bright warm lovely fine".split(), "dull cold dreadful poor".split(), "the a room was with very some day".split()


class WordWeights(Layer):
    def __init__(self, width=8, **kwargs):
        self.init = initializers.get("normal")
        self.width = width
        self.supports_masking = True
        super(WordWeights, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = K.variable(self.init((input_shape[-1], self.width)))
        self.b = K.variable(self.init((self.width,)))
        self.u = K.variable(self.init((self.width, 1)))
        self.trainable_weights = [self.W, self.b, self.u]
        super(WordWeights, self).build(input_shape)

    def compute_mask(self, inputs, mask=None):
        return None

    def call(self, x, mask=None):
        score = K.squeeze(K.dot(K.tanh(K.bias_add(K.dot(x, self.W), self.b)), self.u), -1)
        share = K.exp(score)
        if mask is not None:
            share *= K.cast(mask, K.floatx())
        share /= K.cast(K.sum(share, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        return K.sum(x * K.expand_dims(share), axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


labels = np.random.randint(0, 2, 600)
texts = [" ".join(np.random.permutation(list(np.random.choice(FILL, np.random.randint(3, 8))) + [np.random.choice(GOOD if y else BAD)]))
         for y in labels]
tokens = Tokenizer(nb_words=40)
tokens.fit_on_texts(texts)
x = pad_sequences(tokens.texts_to_sequences(texts), maxlen=10)

words = Input(shape=(10,), dtype="int32")
states = Bidirectional(GRU(8, return_sequences=True))(Embedding(40, 12, mask_zero=True)(words))
out = Dense(1, activation="sigmoid")(WordWeights(8)(states))
model = Model(words, out)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["acc"])
history = model.fit(x, labels, validation_split=0.2, nb_epoch=3, batch_size=16, verbose=2)
print("held out: %.3f" % history.history["val_acc"][-1])
