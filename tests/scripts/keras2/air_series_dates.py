# Tomorrow's dust from today's weather: dates read from four columns, a table of shifted columns, an LSTM, errors in true units.
from math import sqrt

import numpy as np
from matplotlib import pyplot
from numpy import concatenate
from pandas import DataFrame, concat, datetime, read_csv
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import LabelEncoder, MinMaxScaler
from keras.layers import LSTM, Dense
from keras.models import Sequential

np.random.seed(1)
hours = np.arange(600)
dust = 80 + 40 * np.sin(hours / 12.) + np.random.normal(0, 5, 600)
with open('raw.csv', 'w') as f:
    f.write('No,year,month,day,hour,dust,dew,wind\n')
    for n in hours:
        f.write('%d,2010,%d,%d,%d,%s,%d,%s\n' % (n + 1, 1 + n // 24 // 28, 1 + n // 24 % 28, n % 24, 'NA' if n < 24 else round(dust[n], 1),
                                               -20 + n % 9, ['NW', 'SE', 'cv'][n // 7 % 3]))

def parse(x):
    return datetime.strptime(x, '%Y %m %d %H')

dataset = read_csv('raw.csv', parse_dates=[['year', 'month', 'day', 'hour']], index_col=0, date_parser=parse)
dataset.drop('No', axis=1, inplace=True)
dataset.index.name = 'date'
dataset = dataset.fillna(0)[24:]
print(dataset.head(3))

def series_to_supervised(data, n_in=1, n_out=1):
    n_vars, df, cols, names = data.shape[1], DataFrame(data), list(), list()
    for i in range(n_in, 0, -1):
        cols.append(df.shift(i))
        names += [('var%d(t-%d)' % (j + 1, i)) for j in range(n_vars)]
    for i in range(0, n_out):
        cols.append(df.shift(-i))
        names += [('var%d(t)' % (j + 1)) for j in range(n_vars)]
    table = concat(cols, axis=1)
    table.columns = names
    table.dropna(inplace=True)
    return table

values = dataset.values
values[:, 2] = LabelEncoder().fit_transform(values[:, 2])
values = values.astype('float32')
scaler = MinMaxScaler(feature_range=(0, 1))
reframed = series_to_supervised(scaler.fit_transform(values))
reframed.drop(reframed.columns[[4, 5]], axis=1, inplace=True)
train, test = reframed.values[:400], reframed.values[400:]
train_X, train_y, test_X, test_y = train[:, :-1], train[:, -1], test[:, :-1], test[:, -1]
train_X, test_X = train_X.reshape((len(train_X), 1, 3)), test_X.reshape((len(test_X), 1, 3))

model = Sequential()
model.add(LSTM(16, input_shape=(train_X.shape[1], train_X.shape[2])))
model.add(Dense(1))
model.compile(loss='mae', optimizer='adam')
history = model.fit(train_X, train_y, epochs=5, batch_size=36, validation_data=(test_X, test_y), verbose=2, shuffle=False)
pyplot.plot(history.history['loss'], label='train')
pyplot.plot(history.history['val_loss'], label='test')
pyplot.legend()
pyplot.show()

yhat = model.predict(test_X)
rest = test_X.reshape((test_X.shape[0], test_X.shape[2]))[:, 1:]
inv_yhat = scaler.inverse_transform(concatenate((yhat, rest), axis=1))[:, 0]
inv_y = scaler.inverse_transform(concatenate((test_y.reshape((len(test_y), 1)), rest), axis=1))[:, 0]
print('Test RMSE: %.3f' % sqrt(mean_squared_error(inv_y, inv_yhat)))
