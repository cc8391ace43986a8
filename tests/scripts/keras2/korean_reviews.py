# Short Korean reviews as numbers: dense, convolution and LSTM on the same padded rows; one sentence scored as a number.
import numpy as np
from tensorflow.keras.layers import LSTM, Conv1D, Dense, Embedding, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

docs = ['정말 즐거운 시간이었어요', '배우가 참 좋아요', '다시 볼 만큼 좋은 이야기', '친구에게 권하고 싶어요', '음악이 참 좋네요',
        '졸려서 혼났어요', '이야기가 너무 뻔해요', '시간이 아까워요', '두 번은 못 보겠어요', '너무 시끄러워요']
labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
token = Tokenizer()
token.fit_on_texts(docs)
print(token.word_index)
pad_x = pad_sequences(token.texts_to_sequences(docs), padding='pre', maxlen=5)
word_size = len(token.word_index)
print(pad_x.shape, word_size, len(np.unique(pad_x)))

stacks = {'dense': [Dense(8, input_shape=(5,))], 'lstm on rows': [LSTM(6, input_shape=(5, 1))],
          'embedding': [Embedding(input_dim=word_size + 1, output_dim=7, input_length=5), Flatten()],
          'convolution': [Embedding(word_size + 1, 7, input_length=5), Conv1D(6, 2), Flatten()],
          'embedding and lstm': [Embedding(word_size + 1, 7), LSTM(6)]}
for name, layers in stacks.items():
    model = Sequential(layers)
    model.add(Dense(1, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['acc'])
    model.fit(pad_x, labels, epochs=5, batch_size=4, verbose=0)
    print(name, 'acc:', model.evaluate(pad_x, labels, verbose=0)[1])

new = pad_sequences(token.texts_to_sequences(['참 좋은 시간이었어요']), maxlen=5)
score = float(model.predict(new))
print('{:.2f}% {}'.format(100 * max(score, 1 - score), '긍정' if score > 0.5 else '부정'))
