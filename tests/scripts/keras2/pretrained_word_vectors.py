# Word vectors from a file in GloVe's form become the weights of an Embedding that does not train.
import os
import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, Dense, Embedding, Conv1D, MaxPooling1D, GlobalMaxPooling1D
from tensorflow.keras.utils import to_categorical

rng = np.random.RandomState(5)
animals = ['cat', 'dog', 'horse', 'cow', 'sheep', 'goat']
tools = ['hammer', 'saw', 'drill', 'nail', 'screw', 'file']
plain = ['the', 'a', 'is', 'was', 'near', 'under', 'big', 'small', 'old', 'new']
EMBEDDING_DIM = 12
with open('vectors.12d.txt', 'w') as f:
    for group, words in enumerate((animals, tools, plain)):
        for word in words:
            vector = rng.normal(0, 0.3, EMBEDDING_DIM)
            vector[group] += 1
            f.write(word + ' ' + ' '.join('%.5f' % v for v in vector) + '\n')

embeddings_index = {}
with open(os.path.join('.', 'vectors.12d.txt')) as f:
    for line in f:
        values = line.split()
        embeddings_index[values[0]] = np.asarray(values[1:], dtype='float32')
print('Found %s word vectors.' % len(embeddings_index))

texts, labels = [], []
for i in range(240):
    label = i % 2
    words = list(rng.choice(plain, 9)) + list(rng.choice(tools if label else animals, 3))
    rng.shuffle(words)
    texts.append(' '.join(words))
    labels.append(label)
tokenizer = Tokenizer(num_words=50)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
word_index = tokenizer.word_index
data = pad_sequences(sequences, maxlen=12)
labels = to_categorical(np.asarray(labels))
num_words = len(word_index) + 1
embedding_matrix = np.zeros((num_words, EMBEDDING_DIM))
for word, i in word_index.items():
    embedding_vector = embeddings_index.get(word)
    if embedding_vector is not None:
        embedding_matrix[i] = embedding_vector

embedding_layer = Embedding(num_words, EMBEDDING_DIM, trainable=False)
sequence_input = Input(shape=(12,), dtype='int32')
embedded_sequences = embedding_layer(sequence_input)
embedding_layer.set_weights([embedding_matrix])
x = Conv1D(16, 3, activation='relu')(embedded_sequences)
x = MaxPooling1D(2)(x)
x = Conv1D(16, 3, activation='relu')(x)
x = GlobalMaxPooling1D()(x)
preds = Dense(2, activation='softmax')(x)
model = Model(sequence_input, preds)
model.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['acc'])
model.fit(data, labels, batch_size=16, epochs=4, validation_split=0.2)
assert np.allclose(embedding_layer.get_weights()[0], embedding_matrix)
