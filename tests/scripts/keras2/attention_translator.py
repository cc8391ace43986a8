# Numbers as words, translated letter by letter: encoder and decoder with attention as models, one tape, checkpoints.
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.sequence import pad_sequences

sources = [['1', '2'], ['2', '3', '4'], ['5', '1'], ['4', '4', '2', '1'], ['3', '5'], ['1', '1', '4']]
targets = [['one', 'two'], ['two', 'three', 'four'], ['five', 'one'], ['four', 'four', 'two', 'one'], ['three', 'five'],
           ['one', 'one', 'four']]
s_vocab = ['<pad>'] + sorted({word for line in sources for word in line})
t_vocab = ['<pad>', '<bos>', '<eos>'] + sorted({word for line in targets for word in line})
source2idx = {word: idx for idx, word in enumerate(s_vocab)}
target2idx = {word: idx for idx, word in enumerate(t_vocab)}
idx2target = {idx: word for word, idx in target2idx.items()}

s_len = [len(line) for line in sources]
s_input = pad_sequences([[source2idx[w] for w in line] for line in sources], maxlen=5, padding='post')
t_input = pad_sequences([[target2idx[w] for w in ['<bos>'] + line + ['<eos>']] for line in targets], maxlen=6, padding='post')
batch_size = 3
data = tf.data.Dataset.from_tensor_slices((s_len, s_input, t_input)).shuffle(6).batch(batch_size, drop_remainder=True)


class Encoder(tf.keras.Model):
    def __init__(self, vocab_size, embedding_dim, units, batch_size):
        super(Encoder, self).__init__()
        self.batch_size, self.units = batch_size, units
        self.embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim)
        self.gru = tf.keras.layers.GRU(units, return_sequences=True, return_state=True)

    def call(self, x, hidden):
        output, state = self.gru(self.embedding(x), initial_state=hidden)
        return output, state

    def initialize_hidden_state(self):
        return tf.zeros((self.batch_size, self.units))


class Decoder(tf.keras.Model):
    def __init__(self, vocab_size, embedding_dim, units):
        super(Decoder, self).__init__()
        self.embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim)
        self.gru = tf.keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.fc = tf.keras.layers.Dense(vocab_size)
        self.W1 = tf.keras.layers.Dense(units)
        self.W2 = tf.keras.layers.Dense(units)
        self.V = tf.keras.layers.Dense(1)

    def call(self, x, hidden, enc_output):
        score = self.V(tf.nn.tanh(self.W1(enc_output) + self.W2(tf.expand_dims(hidden, 1))))
        weights = tf.nn.softmax(score, axis=1)
        context = tf.reduce_sum(weights * enc_output, axis=1)
        x = tf.concat([tf.expand_dims(context, 1), self.embedding(x)], axis=-1)
        output, state = self.gru(x)
        return self.fc(tf.reshape(output, (-1, output.shape[2]))), state, weights


encoder = Encoder(len(s_vocab), 8, 16, batch_size)
decoder = Decoder(len(t_vocab), 8, 16)
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)


def loss_function(real, pred):
    mask = 1 - np.equal(real, 0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=real, logits=pred) * mask)


checkpoint_dir = './translator'
os.makedirs(checkpoint_dir, exist_ok=True)
checkpoint = tf.train.Checkpoint(optimizer=optimizer, encoder=encoder, decoder=decoder)
for epoch in range(3):
    hidden = encoder.initialize_hidden_state()
    total_loss = 0
    for i, (lengths, inp, target) in enumerate(data):
        loss = 0
        with tf.GradientTape() as tape:
            enc_output, enc_hidden = encoder(inp, hidden)
            dec_hidden = enc_hidden
            dec_input = tf.expand_dims([target2idx['<bos>']] * batch_size, 1)
            for t in range(1, target.shape[1]):
                predictions, dec_hidden, _ = decoder(dec_input, dec_hidden, enc_output)
                loss += loss_function(target[:, t], predictions)
                dec_input = tf.expand_dims(target[:, t], 1)
        batch_loss = loss / int(target.shape[1])
        total_loss += batch_loss
        variables = encoder.variables + decoder.variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print('Epoch {} Loss {:.4f} Batch Loss {:.4f}'.format(epoch, total_loss / (i + 1), batch_loss.numpy()))
    checkpoint.save(file_prefix=os.path.join(checkpoint_dir, 'ckpt'))

state = tf.train.get_checkpoint_state(checkpoint_dir)
print(len(state.all_model_checkpoint_paths), state.model_checkpoint_path == tf.train.latest_checkpoint(checkpoint_dir))
checkpoint.restore(tf.train.latest_checkpoint(checkpoint_dir))


def translate(sentence):
    inputs = pad_sequences([[source2idx[w] for w in sentence.split(' ')]], maxlen=5, padding='post')
    attention_plot = np.zeros((6, 5))
    enc_out, enc_hidden = encoder(tf.convert_to_tensor(inputs), [tf.zeros((1, 16))])
    dec_hidden, dec_input, result = enc_hidden, tf.expand_dims([target2idx['<bos>']], 0), ''
    for t in range(6):
        predictions, dec_hidden, weights = decoder(dec_input, dec_hidden, enc_out)
        attention_plot[t] = tf.reshape(weights, (-1,)).numpy()
        predicted_id = tf.argmax(predictions[0]).numpy()
        result += idx2target[predicted_id] + ' '
        if idx2target[predicted_id] == '<eos>':
            break
        dec_input = tf.expand_dims([predicted_id], 0)
    return result, attention_plot


answer, plot = translate('2 3 4')
print(answer, plot.shape, float(plot[0].sum()))
