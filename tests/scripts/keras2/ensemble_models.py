# Two models of two tables joined, with two answers of their own.
import numpy as np
x1 = np.array([range(100), range(301, 401)]).T
x2 = np.array([range(101, 201), range(411, 511), range(100, 200)]).T
y1 = np.array(range(1001, 1101)).reshape(-1, 1)
y2 = np.array(range(2001, 2101)).reshape(-1, 1)

from sklearn.model_selection import train_test_split
x1_train, x1_test, x2_train, x2_test, y1_train, y1_test, y2_train, y2_test = train_test_split(
    x1, x2, y1, y2, train_size=0.7, random_state=66)

from tensorflow.keras.models import Model
from tensorflow.keras.layers import Dense, Input, Concatenate, concatenate
input1 = Input(shape=(2,))
d1 = Dense(10, activation='relu', name='d1')(input1)
d2 = Dense(7, activation='relu', name='d2')(d1)
output1 = Dense(7, activation='relu', name='output1')(d2)
input2 = Input(shape=(3,))
d11 = Dense(10, activation='relu', name='d11')(input2)
output2 = Dense(4, activation='relu', name='output2')(d11)
merge1 = concatenate([output1, output2], name='m1')
merge2 = Dense(10, activation='relu')(merge1)
out21 = Dense(7)(merge2)
last_output1 = Dense(1)(out21)
out31 = Dense(8)(merge2)
last_output2 = Dense(1)(out31)
model = Model(inputs=[input1, input2], outputs=[last_output1, last_output2])
model.compile(loss='mse', optimizer='adam', metrics=['mae'])
model.fit([x1_train, x2_train], [y1_train, y2_train], epochs=3, batch_size=8, verbose=1)
results = model.evaluate([x1_test, x2_test], [y1_test, y2_test])
print('results :', results)
print(len(results))
y_predict = model.predict([x1_test, x2_test])
print(np.array(y_predict).shape)
