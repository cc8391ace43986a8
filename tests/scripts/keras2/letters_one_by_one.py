# A text letter by letter: letters to numbers and back, rows of different lengths, a step that keeps its state.
import tensorflow as tf

text = "the sea is blue and the sky is blue and the day is long. " * 60
vocab = sorted(set(text))
ids_from_chars = tf.keras.layers.StringLookup(vocabulary=vocab, mask_token=None)
chars_from_ids = tf.keras.layers.StringLookup(vocabulary=ids_from_chars.get_vocabulary(), invert=True, mask_token=None)
rows = ids_from_chars(tf.strings.unicode_split(["sea", "sky is"], "UTF-8"))
print(rows, rows.to_tensor().shape, tf.strings.reduce_join(chars_from_ids(rows), axis=-1).numpy())

ids = ids_from_chars(tf.strings.unicode_split(text, "UTF-8"))
pieces = tf.data.Dataset.from_tensor_slices(ids).batch(21, drop_remainder=True)
dataset = pieces.map(lambda piece: (piece[:-1], piece[1:])).shuffle(100).batch(16, drop_remainder=True)


class Writer(tf.keras.Model):
    def __init__(self, words, units):
        super().__init__(self)
        self.embedding = tf.keras.layers.Embedding(words, 8)
        self.gru = tf.keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.dense = tf.keras.layers.Dense(words)

    def call(self, inputs, states=None, return_state=False, training=False):
        x = self.embedding(inputs, training=training)
        if states is None:
            states = self.gru.get_initial_state(x)
        x, states = self.gru(x, initial_state=states, training=training)
        x = self.dense(x, training=training)
        return (x, states) if return_state else x


model = Writer(len(ids_from_chars.get_vocabulary()), 24)
model.compile("adam", tf.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(dataset, epochs=3)
unknown = ids_from_chars(["[UNK]"])[:, None]
mask = tf.sparse.to_dense(tf.SparseTensor(values=[-float("inf")] * len(unknown), indices=unknown,
                                          dense_shape=[len(ids_from_chars.get_vocabulary())]))
letter, states, written = tf.constant(["t"]), None, []
for _ in range(20):
    numbers = ids_from_chars(tf.strings.unicode_split(letter, "UTF-8")).to_tensor()
    logits, states = model(inputs=numbers, states=states, return_state=True)
    letter = chars_from_ids(tf.squeeze(tf.random.categorical(logits[:, -1, :] + mask, num_samples=1), axis=-1))
    written.append(letter)
print(tf.strings.join(written)[0].numpy().decode("utf-8"))
