# A table from scikit-learn as a DataFrame; the best epoch kept, the history drawn.
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from sklearn.metrics import accuracy_score, r2_score
from tensorflow.keras.models import Sequential, load_model
from tensorflow.keras.layers import Dense, BatchNormalization
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
import tensorflow as tf
import numpy as np

datasets = load_wine(as_frame=True)
x, y = datasets.data, pd.get_dummies(datasets.target)
print(x.shape, y.shape, np.unique(datasets.target))
x_train, x_test, y_train, y_test = train_test_split(x, y, train_size=0.8, shuffle=True, random_state=66)
scaler = MinMaxScaler()
x_train = scaler.fit_transform(x_train)
x_test = scaler.transform(x_test)

model = Sequential()
model.add(Dense(32, input_dim=13, activation='relu'))
model.add(BatchNormalization())
model.add(Dense(16, activation='relu'))
model.add(Dense(3, activation='softmax'))
model.summary()

model.compile(loss='categorical_crossentropy', optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), metrics=['acc'])
es = EarlyStopping(monitor='val_loss', patience=5, mode='min', verbose=1, restore_best_weights=True)
mcp = ModelCheckpoint('./wine_best.hdf5', monitor='val_loss', mode='auto', verbose=1, save_best_only=True)
lr = ReduceLROnPlateau(factor=0.5, patience=3, verbose=1)
hist = model.fit(x_train, y_train, epochs=20, batch_size=8, validation_split=0.2, callbacks=[es, mcp, lr])

loss = model.evaluate(x_test, y_test)
print('loss :', loss[0], 'acc :', loss[1])
y_predict = model.predict(x_test)
y_predict = tf.argmax(y_predict, axis=1)
y_true = np.argmax(y_test.values, axis=1)
print('score :', accuracy_score(y_true, y_predict))
again = load_model('./wine_best.hdf5')
print(again.evaluate(x_test, y_test))
plt.plot(hist.history['acc'])
plt.plot(hist.history['val_acc'])
plt.show()
