# Diabetes with a functional net: checkpoints whose names carry the date, the whole test set scored by scikit-learn.
import datetime
import os
import time
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TensorBoard
from tensorflow.keras.layers import Dense, Dropout, Input
from tensorflow.keras.models import Model, load_model
from tensorflow.keras.optimizers import Adam

datasets = load_diabetes()
x, y = datasets.data, datasets['target']
x_train, x_test, y_train, y_test = train_test_split(x, y, train_size=0.3, shuffle=True, random_state=66)
for scaler in [MinMaxScaler(), StandardScaler(), MaxAbsScaler(), RobustScaler()]:
    scaler.fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

input1 = Input(shape=(10,))
dense1 = Dense(32, activation='relu', name='dense1')(input1)
dense2 = Dropout(0.1)(dense1)
output1 = Dense(1)(dense2)
model = Model(inputs=input1, outputs=output1)
model.summary()
model.compile(loss='mse', optimizer=Adam(lr=0.01), metrics=['mae'])

path = './_save/MCP/'
if not os.path.exists(path):
    os.makedirs(path)
date = datetime.datetime.now().strftime("%m%d_%H%M")
filepath = "".join([path, 'd01_', date, '_', '{epoch:04d}-{val_loss:.4f}.hdf5'])
es = EarlyStopping(monitor='val_loss', patience=20, mode='min', verbose=1, restore_best_weights=False)
mcp = ModelCheckpoint(monitor='val_loss', mode='auto', verbose=1, save_best_only=True, filepath=filepath)
lower = ReduceLROnPlateau(monitor='val_loss', patience=2, mode='auto', verbose=1, factor=0.5)
board = TensorBoard(log_dir='./_save/_graph', histogram_freq=0, write_graph=True, write_images=True)
start = time.time()
hist = model.fit(x_train, y_train, epochs=6, batch_size=8, validation_split=0.2, callbacks=[es, mcp, lower, board], verbose=3)
print('took', round(time.time() - start), 's;', hist.history['val_loss'][-1])

kept = load_model(path + sorted(os.listdir(path))[-1])
y_predict = kept.predict(x_test)
print('loss:', kept.evaluate(x_test, y_test), 'r2:', r2_score(y_test, y_predict))
print('RMSE:', np.sqrt(mean_squared_error(y_test, y_predict)), y_predict.shape == (len(x_test), 1))
