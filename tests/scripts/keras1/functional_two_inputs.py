# Headlines and numbers: two inputs, two answers, joined by merge().
import numpy as np
from keras.layers import Input, Embedding, LSTM, Dense, merge
from keras.models import Model

np.random.seed(0)
headline = np.random.randint(1, 200, size=(128, 12))
extra = np.random.rand(128, 5)
labels = (headline[:, 0] > 100).astype('float32').reshape(-1, 1)

main_input = Input(shape=(12,), dtype='int32', name='main_input')
x = Embedding(output_dim=16, input_dim=200, input_length=12)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_loss = Dense(1, activation='sigmoid', name='aux_output')(lstm_out)

auxiliary_input = Input(shape=(5,), name='aux_input')
x = merge([lstm_out, auxiliary_input], mode='concat')
x = Dense(16, activation='relu')(x)
main_loss = Dense(1, activation='sigmoid', name='main_output')(x)

model = Model(input=[main_input, auxiliary_input], output=[main_loss, auxiliary_loss])
model.compile(optimizer='rmsprop', loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy'},
              loss_weights={'main_output': 1., 'aux_output': 0.2})
history = model.fit({'main_input': headline, 'aux_input': extra}, {'main_output': labels, 'aux_output': labels},
                    nb_epoch=3, batch_size=32)
print(sorted(history.history))
a, b = model.predict([headline[:4], extra[:4]])
print(a.shape, b.shape)
