# Two made-up stocks, an LSTM chain for each, joined; two prices foretold; a plain list of metrics for both outputs.
import numpy as np
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import GRU, LSTM, Concatenate, Conv1D, Dense, Flatten, Input
from tensorflow.keras.models import Model

rng = np.random.default_rng(3)
one = np.cumsum(rng.normal(size=(160, 4)), axis=0)
two = np.cumsum(rng.normal(size=(160, 4)), axis=0)


def split_xy(dataset, steps, ahead):
    x, y = list(), list()
    for i in range(len(dataset)):
        x_end, y_end = i + steps, i + steps + ahead
        if y_end > len(dataset):
            break
        x.append(dataset[i:x_end, :])
        y.append(dataset[x_end:y_end, 3])
    return np.array(x), np.array(y)


x1, y1 = split_xy(one, 5, 1)
x2, y2 = split_xy(two, 5, 1)
x1_train, x1_test, x2_train, x2_test, y1_train, y1_test, y2_train, y2_test = train_test_split(
    x1, x2, y1, y2, train_size=0.7, random_state=66)

input1 = Input(shape=(5, 4))
chain1 = LSTM(8, activation='relu', return_sequences=True)(input1)
chain1 = Conv1D(6, 2)(chain1)
output1 = Dense(6)(Flatten()(chain1))
input2 = Input(shape=(5, 4))
chain2 = GRU(8, return_sequences=True)(input2)
output2 = Dense(6)(LSTM(8)(chain2))
merged = Dense(10, activation='relu')(Concatenate()([output1, output2]))
last1 = Dense(1, name='samsung')(merged)
last2 = Dense(1, name='kiwoom')(merged)
model = Model(inputs=[input1, input2], outputs=[last1, last2])
model.compile(loss='mse', optimizer='adam', metrics=['mae'])
model.fit([x1_train, x2_train], [y1_train, y2_train], epochs=3, batch_size=8, validation_split=0.2, verbose=1)

results = model.evaluate([x1_test, x2_test], [y1_test, y2_test])
print(len(results), model.metrics_names)
y1_predict, y2_predict = model.predict([x1_test, x2_test])
print('r2:', (r2_score(y1_test, y1_predict) + r2_score(y2_test, y2_predict)) / 2)
print('tomorrow:', y1_predict[-1][-1], y2_predict[-1][-1])
