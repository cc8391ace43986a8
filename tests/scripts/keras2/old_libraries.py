# A script of 2018 on libraries of today: names of NumPy, pandas and scikit-learn that are gone since.
import time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras.layers import Dense
from keras.models import Sequential
from sklearn.cross_validation import train_test_split
from sklearn.externals import joblib
from sklearn.metrics import confusion_matrix, mean_squared_error
from sklearn.preprocessing import Imputer, OneHotEncoder, StandardScaler
from sklearn.utils import class_weight

start = time.clock()
plt.style.use('seaborn-whitegrid')
rng = np.random.RandomState(7)
table = pd.DataFrame({'size': rng.rand(80), 'age': rng.rand(80), 'town': ['a', 'b'] * 40, 'sold': rng.randint(0, 2, 80)})
table.loc[3, 'age'] = np.NaN
table = table.append({'size': 0.5, 'age': 0.25, 'town': 'b', 'sold': 1}, ignore_index=True)
table['age'] = Imputer(missing_values='NaN', strategy='mean', axis=0).fit_transform(table[['age']])
print(table.corr().shape, table.fillna(method='ffill').ix[0, 'town'], table.dtypes.value_counts().shape)
town = OneHotEncoder(sparse=False).fit_transform(table[['town']])
x = np.hstack([table[['size', 'age']].values.astype(np.float), town])
y = table['sold'].values.astype(np.int)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=1)
scaler = StandardScaler().fit(x_train)
joblib.dump(scaler, 'scaler.pkl')
weights = class_weight.compute_class_weight('balanced', np.unique(y_train), y_train)

model = Sequential()
model.add(Dense(8, input_dim=4, init='uniform', activation='relu'))
model.add(Dense(1, init='uniform', activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(scaler.transform(x_train), y_train, nb_epoch=4, batch_size=10, verbose=2, class_weight=dict(enumerate(weights)))
y_pred = model.predict_classes(joblib.load('scaler.pkl').transform(x_test))
print(confusion_matrix(y_test, y_pred, [0, 1]).sum(), mean_squared_error(y_test, y_pred, squared=False) >= 0)
print('%.0f s' % (time.clock() - start))
