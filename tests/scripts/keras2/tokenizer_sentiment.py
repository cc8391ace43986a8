# 짧은 글의 좋고 나쁨: Tokenizer, pad_sequences, Embedding
import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Flatten, Embedding, LSTM, Conv1D, GlobalMaxPooling1D

docs = ['너무 재미있어요', '최고예요', '참 잘 만든 영화예요', '추천하고 싶은 영화입니다.', '한 번 더 보고싶네요', '글쎄요',
        '별로예요', '생각보다 지루하네요', '연기가 어색해요', '재미없어요', '재미없다', '참 재미있네요']
classes = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1])
token = Tokenizer()
token.fit_on_texts(docs)
print(token.word_index)
x = token.texts_to_sequences(docs)
padded_x = pad_sequences(x, 4, padding='pre')
word_size = len(token.word_index) + 1
model = Sequential()
model.add(Embedding(word_size, 8, input_length=4))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model.fit(padded_x, classes, epochs=20, verbose=0)
print("\n Accuracy: %.4f" % (model.evaluate(padded_x, classes)[1]))
model = Sequential([Embedding(word_size, 8, input_length=4), Conv1D(8, 2, activation='relu'), GlobalMaxPooling1D(),
                    Dense(1, activation='sigmoid')])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['acc'])
h = model.fit(padded_x, classes, epochs=5)
print(h.history['acc'])
