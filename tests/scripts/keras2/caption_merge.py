# A sentence for a picture: features of the picture beside the words so far, the next word out; greedy writing.
import numpy as np
from keras.layers import LSTM, Dense, Dropout, Embedding, Input, add
from keras.models import Model
from keras.utils import to_categorical

shapes, colours, places = ['square', 'circle', 'bar'], ['dark', 'bright'], ['left', 'right']
rng = np.random.RandomState(0)

def draw(shape, colour, place):
    image = np.zeros((12, 12)) + rng.uniform(0, 0.1, (12, 12))
    value, left = (0.5 if colour == 'dark' else 1.0), (1 if place == 'left' else 7)
    yy, xx = np.mgrid[:12, :12]
    inside = {'square': (abs(yy - 6) < 3) & (abs(xx - left - 2) < 3), 'bar': (abs(yy - 6) < 5) & (abs(xx - left - 2) < 1),
              'circle': (yy - 6) ** 2 + (xx - left - 2) ** 2 < 7}[shape]
    image[inside] = value
    return image

pictures, sentences = [], []
for _ in range(60):
    s, c, p = rng.choice(shapes), rng.choice(colours), rng.choice(places)
    pictures.append(draw(s, c, p).ravel())
    sentences.append('startseq a %s %s on the %s endseq' % (c, s, p))
pictures = np.array(pictures, dtype='float32')
words = sorted({w for line in sentences for w in line.split()})
number = {w: i + 1 for i, w in enumerate(words)}
word = {i: w for w, i in number.items()}
size, longest = len(words) + 1, max(len(line.split()) for line in sentences)

def padded(seq):
    return [0] * (longest - len(seq)) + seq

X1, X2, y = [], [], []
for picture, line in zip(pictures, sentences):
    seq = [number[w] for w in line.split()]
    for i in range(1, len(seq)):
        X1.append(picture); X2.append(padded(seq[:i])); y.append(to_categorical([seq[i]], num_classes=size)[0])
X1, X2, y = np.array(X1), np.array(X2), np.array(y)
print(X1.shape, X2.shape, y.shape)

inputs1 = Input(shape=(144,))
fe = Dense(32, activation='relu')(Dropout(0.2)(inputs1))
inputs2 = Input(shape=(longest,))
se = LSTM(32)(Dropout(0.2)(Embedding(size, 16, mask_zero=True)(inputs2)))
decoder = Dense(32, activation='relu')(add([fe, se]))
model = Model(inputs=[inputs1, inputs2], outputs=Dense(size, activation='softmax')(decoder))
model.compile(loss='categorical_crossentropy', optimizer='adam')
model.fit([X1, X2], y, epochs=5, batch_size=32, verbose=2)

def caption(picture):
    text = 'startseq'
    for _ in range(longest):
        seq = np.array([padded([number[w] for w in text.split()])])
        best = word.get(int(np.argmax(model.predict([picture[None], seq], verbose=0))))
        if best is None or len(text.split()) >= longest:
            break
        text += ' ' + best
        if best == 'endseq':
            break
    return text

print(sentences[0], '|', caption(pictures[0]))
