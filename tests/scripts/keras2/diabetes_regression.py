# Regression with functional layers; R2 and RMSE.
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score, mean_squared_error
from sklearn.model_selection import train_test_split
from tensorflow.python.keras.models import Model
from tensorflow.python.keras.layers import Dense, Input, Dropout
from tensorflow.python.keras.callbacks import EarlyStopping

x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, train_size=0.7, random_state=9)

input1 = Input(shape=(10,))
dense1 = Dense(64, activation='relu')(input1)
drop = Dropout(0.1)(dense1)
dense2 = Dense(32, activation='relu')(drop)
output1 = Dense(1)(dense2)
model = Model(inputs=input1, outputs=output1)
model.summary()
model.compile(loss='mae', optimizer='adam', metrics=['mse'])
es = EarlyStopping(monitor='val_loss', patience=20, mode='min', restore_best_weights=True)
hist = model.fit(x_train, y_train, epochs=20, batch_size=32, verbose=1, validation_split=0.2, callbacks=[es])
y_predict = model.predict(x_test)
print('r2 :', r2_score(y_test, y_predict))

def RMSE(y_test, y_predict):
    return np.sqrt(mean_squared_error(y_test, y_predict))

print('rmse :', RMSE(y_test, y_predict))
print(hist.history.keys())
model.save_weights('./diabetes_weights.h5')
model.load_weights('./diabetes_weights.h5')
