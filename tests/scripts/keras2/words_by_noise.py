# Word vectors by noise-contrastive estimation: an embedding, drawn classes, the nearest words by their angles.
import numpy as np
import tensorflow as tf

words = ("day night sun moon " * 200 + "cat dog fish bird " * 200).split()
vocabulary = sorted(set(words))
word2id = {word: number for number, word in enumerate(vocabulary)}
data = np.array([word2id[word] for word in words])
embedding = tf.Variable(tf.random.normal([len(vocabulary), 8]))
nce_weights = tf.Variable(tf.random.normal([len(vocabulary), 8]))
nce_biases = tf.Variable(tf.zeros([len(vocabulary)]))
optimizer = tf.optimizers.SGD(0.1)


def nce_loss(x_embed, y):
    y = tf.cast(y, tf.int64)
    return tf.reduce_mean(tf.nn.nce_loss(weights=nce_weights, biases=nce_biases, labels=y, inputs=x_embed, num_sampled=4,
                                         num_classes=len(vocabulary)))


def evaluate(x_embed):
    x_embed = tf.cast(x_embed, tf.float32)
    x_norm = x_embed / tf.sqrt(tf.reduce_sum(tf.square(x_embed)))
    all_norm = embedding / tf.sqrt(tf.reduce_sum(tf.square(embedding), 1, keepdims=True))
    return tf.matmul(x_norm, all_norm, transpose_b=True)


for step in range(400):
    at = np.random.randint(1, len(data) - 1, 32)
    batch_x, batch_y = data[at], data[at + np.random.choice([-1, 1], 32)][:, None]
    with tf.GradientTape() as g:
        loss = nce_loss(tf.nn.embedding_lookup(embedding, batch_x), batch_y)
    gradients = g.gradient(loss, [embedding, nce_weights, nce_biases])
    optimizer.apply_gradients(zip(gradients, [embedding, nce_weights, nce_biases]))
    if step % 4 == 0:
        print("step: %i, loss: %f" % (step, loss))
near = (-evaluate(tf.nn.embedding_lookup(embedding, [word2id["sun"]])).numpy()[0]).argsort()
print("sun:", [vocabulary[n] for n in near[1:4]])
values, places = tf.math.top_k(evaluate(embedding[:1]), k=3)
print(values.shape, tf.gather(tf.constant(vocabulary), places).numpy(), tf.unique_with_counts(data).count.numpy())
