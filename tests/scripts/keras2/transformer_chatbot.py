# Questions and answers by a transformer of functional parts: an attention layer called with a dict, masks by Lambda, own schedule.
import numpy as np
import tensorflow as tf

tf.keras.backend.clear_session()
VOCAB_SIZE, MAX_LENGTH, D_MODEL = 30, 8, 16


class MultiHeadAttention(tf.keras.layers.Layer):
    def __init__(self, d_model, num_heads, name="multi_head_attention"):
        super(MultiHeadAttention, self).__init__(name=name)
        self.num_heads, self.d_model, self.depth = num_heads, d_model, d_model // num_heads
        self.query_dense = tf.keras.layers.Dense(units=d_model)
        self.key_dense = tf.keras.layers.Dense(units=d_model)
        self.value_dense = tf.keras.layers.Dense(units=d_model)
        self.dense = tf.keras.layers.Dense(units=d_model)

    def split_heads(self, inputs, batch_size):
        inputs = tf.reshape(inputs, shape=(batch_size, -1, self.num_heads, self.depth))
        return tf.transpose(inputs, perm=[0, 2, 1, 3])

    def call(self, inputs):
        query, key, value, mask = inputs['query'], inputs['key'], inputs['value'], inputs['mask']
        batch_size = tf.shape(query)[0]
        query = self.split_heads(self.query_dense(query), batch_size)
        key = self.split_heads(self.key_dense(key), batch_size)
        value = self.split_heads(self.value_dense(value), batch_size)
        logits = tf.matmul(query, key, transpose_b=True) / tf.math.sqrt(tf.cast(tf.shape(key)[-1], tf.float32))
        if mask is not None:
            logits += (mask * -1e9)
        attention = tf.transpose(tf.matmul(tf.nn.softmax(logits, axis=-1), value), perm=[0, 2, 1, 3])
        return self.dense(tf.reshape(attention, (batch_size, -1, self.d_model)))


class PositionalEncoding(tf.keras.layers.Layer):
    def __init__(self, position, d_model):
        super(PositionalEncoding, self).__init__()
        self.pos_encoding = self.positional_encoding(position, d_model)

    def get_angles(self, position, i, d_model):
        return position * (1 / tf.pow(10000, (2 * (i // 2)) / tf.cast(d_model, tf.float32)))

    def positional_encoding(self, position, d_model):
        angle_rads = self.get_angles(position=tf.range(position, dtype=tf.float32)[:, tf.newaxis],
                                     i=tf.range(d_model, dtype=tf.float32)[tf.newaxis, :], d_model=d_model)
        angles = np.zeros(angle_rads.shape)
        angles[:, 0::2] = tf.math.sin(angle_rads[:, 0::2])
        angles[:, 1::2] = tf.math.cos(angle_rads[:, 1::2])
        return tf.cast(tf.constant(angles)[tf.newaxis, ...], tf.float32)

    def call(self, inputs):
        return inputs + self.pos_encoding[:, :tf.shape(inputs)[1], :]


def create_padding_mask(x):
    mask = tf.cast(tf.math.equal(x, 0), tf.float32)
    return mask[:, tf.newaxis, tf.newaxis, :]


def create_look_ahead_mask(x):
    seq_len = tf.shape(x)[1]
    look_ahead_mask = 1 - tf.linalg.band_part(tf.ones((seq_len, seq_len)), -1, 0)
    return tf.maximum(look_ahead_mask, create_padding_mask(x))


def feed_forward(attention):
    outputs = tf.keras.layers.Dense(units=32, activation='relu')(attention)
    outputs = tf.keras.layers.Dropout(rate=0.1)(tf.keras.layers.Dense(units=D_MODEL)(outputs))
    return tf.keras.layers.LayerNormalization(epsilon=1e-6)(attention + outputs)


def encoder_layer(name):
    inputs = tf.keras.Input(shape=(None, D_MODEL), name="inputs")
    padding_mask = tf.keras.Input(shape=(1, 1, None), name="padding_mask")
    attention = MultiHeadAttention(D_MODEL, 2, name="attention")(
        {'query': inputs, 'key': inputs, 'value': inputs, 'mask': padding_mask})
    attention = tf.keras.layers.LayerNormalization(epsilon=1e-6)(inputs + attention)
    return tf.keras.Model(inputs=[inputs, padding_mask], outputs=feed_forward(attention), name=name)


def decoder_layer(name):
    inputs = tf.keras.Input(shape=(None, D_MODEL), name="inputs")
    enc_outputs = tf.keras.Input(shape=(None, D_MODEL), name="encoder_outputs")
    look_ahead_mask = tf.keras.Input(shape=(1, None, None), name="look_ahead_mask")
    padding_mask = tf.keras.Input(shape=(1, 1, None), name='padding_mask')
    attention1 = MultiHeadAttention(D_MODEL, 2, name="attention_1")(
        inputs={'query': inputs, 'key': inputs, 'value': inputs, 'mask': look_ahead_mask})
    attention1 = tf.keras.layers.LayerNormalization(epsilon=1e-6)(attention1 + inputs)
    attention2 = MultiHeadAttention(D_MODEL, 2, name="attention_2")(
        inputs={'query': attention1, 'key': enc_outputs, 'value': enc_outputs, 'mask': padding_mask})
    attention2 = tf.keras.layers.LayerNormalization(epsilon=1e-6)(attention2 + attention1)
    return tf.keras.Model([inputs, enc_outputs, look_ahead_mask, padding_mask], feed_forward(attention2), name=name)


def embedded(inputs):
    embeddings = tf.keras.layers.Embedding(VOCAB_SIZE, D_MODEL)(inputs)
    embeddings *= tf.math.sqrt(tf.cast(D_MODEL, tf.float32))
    return PositionalEncoding(VOCAB_SIZE, D_MODEL)(embeddings)


inputs = tf.keras.Input(shape=(None,), name="inputs")
dec_inputs = tf.keras.Input(shape=(None,), name="dec_inputs")
enc_mask = tf.keras.layers.Lambda(create_padding_mask, output_shape=(1, 1, None), name='enc_padding_mask')(inputs)
ahead_mask = tf.keras.layers.Lambda(create_look_ahead_mask, output_shape=(1, None, None), name='look_ahead_mask')(dec_inputs)
dec_mask = tf.keras.layers.Lambda(create_padding_mask, output_shape=(1, 1, None), name='dec_padding_mask')(inputs)
enc_outputs = embedded(inputs)
for i in range(2):
    enc_outputs = encoder_layer("encoder_layer_{}".format(i))([enc_outputs, enc_mask])
dec_outputs = decoder_layer("decoder_layer")(inputs=[embedded(dec_inputs), enc_outputs, ahead_mask, dec_mask])
outputs = tf.keras.layers.Dense(units=VOCAB_SIZE, name="outputs")(dec_outputs)
model = tf.keras.Model(inputs=[inputs, dec_inputs], outputs=outputs, name="transformer")


class CustomSchedule(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=4000):
        super(CustomSchedule, self).__init__()
        self.d_model = tf.cast(d_model, tf.float32)
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return tf.math.rsqrt(self.d_model) * tf.math.minimum(tf.math.rsqrt(step), step * (self.warmup_steps ** -1.5))


def loss_function(y_true, y_pred):
    y_true = tf.reshape(y_true, shape=(-1, MAX_LENGTH - 1))
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction='none')(y_true, y_pred)
    return tf.reduce_mean(tf.multiply(loss, tf.cast(tf.not_equal(y_true, 0), tf.float32)))


def accuracy(y_true, y_pred):
    return tf.keras.metrics.sparse_categorical_accuracy(tf.reshape(y_true, shape=(-1, MAX_LENGTH - 1)), y_pred)


rng = np.random.RandomState(0)
questions = rng.randint(3, VOCAB_SIZE, (64, MAX_LENGTH))
questions[:, 6:] = 0
answers = np.concatenate([np.ones((64, 1), int), questions[:, :5][:, ::-1], np.full((64, 1), 2), np.zeros((64, 1), int)], axis=1)
dataset = tf.data.Dataset.from_tensor_slices((
    {'inputs': questions, 'dec_inputs': answers[:, :-1]}, {'outputs': answers[:, 1:]}))
dataset = dataset.cache().shuffle(64).batch(16).prefetch(tf.data.experimental.AUTOTUNE)

rate = CustomSchedule(D_MODEL, warmup_steps=40)
print(rate(tf.range(1, 5, dtype=tf.float32)))
model.compile(optimizer=tf.keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.98, epsilon=1e-9), loss=loss_function,
              metrics=[accuracy])
model.fit(dataset, epochs=2)


def evaluate(question):
    output = tf.expand_dims([1], 0)
    for i in range(MAX_LENGTH - 1):
        predictions = model(inputs=[question, output], training=False)[:, -1:, :]
        predicted_id = tf.cast(tf.argmax(predictions, axis=-1), tf.int32)
        if tf.equal(predicted_id, 2)[0]:
            break
        output = tf.concat([output, predicted_id], axis=-1)
    return tf.squeeze(output, axis=0)


print(questions[0], evaluate(tf.constant(questions[:1])).numpy())
