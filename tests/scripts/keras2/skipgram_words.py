"""Word vectors from pairs of neighbours, with words that were drawn by chance as counter-examples."""
import random
from collections import Counter

import numpy as np
from keras.layers import Activation, Dot, Embedding, Input, Reshape
from keras.models import Model

text = """the king rules the land . the queen rules the land . the dog chases the cat . the cat chases the mouse .
a king wears a crown . a queen wears a crown . a dog eats meat . a cat eats fish . the mouse eats bread .
the king and the queen live in a castle . the dog and the cat live in a house .""" * 6
words = text.lower().split()
counts = Counter(words)
vocabulary = [word for word, _ in counts.most_common()]
index = {word: i for i, word in enumerate(vocabulary)}
ids = [index[word] for word in words]
V, dim, window, k = len(vocabulary), 12, 2, 2

random.seed(0)
targets, contexts, labels = [], [], []
for i, word in enumerate(ids):
    for j in range(max(0, i - window), min(len(ids), i + window + 1)):
        if j == i:
            continue
        targets.append(word); contexts.append(ids[j]); labels.append(1)
        for _ in range(k):
            targets.append(word); contexts.append(random.randrange(V)); labels.append(0)
targets, contexts, labels = np.array(targets)[:, None], np.array(contexts)[:, None], np.array(labels, dtype='float32')
order = np.random.RandomState(1).permutation(len(labels))
print(len(labels), 'pairs of', V, 'words')

a, b = Input((1,)), Input((1,))
table = Embedding(V, dim, name='words')
dot = Dot(axes=-1, normalize=False)([table(a), Embedding(V, dim, name='neighbours')(b)])
out = Activation('sigmoid')(Reshape((1,))(dot))
model = Model(inputs=[a, b], outputs=out)
model.compile(loss='binary_crossentropy', optimizer='rmsprop')
for epoch in range(3):
    h = model.fit([targets[order], contexts[order]], labels[order], batch_size=128, epochs=1, verbose=0)
    print('epoch', epoch, 'loss', round(h.history['loss'][0], 4))

vectors = model.get_layer('words').get_weights()[0]
unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
for word in ('king', 'cat'):
    near = np.argsort(-unit @ unit[index[word]])[1:4]
    print(word, '->', [vocabulary[n] for n in near])
