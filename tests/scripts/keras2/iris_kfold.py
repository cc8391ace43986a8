# Three kinds of irises, by k folds, with labels encoded by scikit-learn and pandas.
import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import LabelEncoder, StandardScaler
from keras.models import Sequential
from keras.layers.core import Dense
from keras.utils import np_utils

iris = load_iris()
df = pd.DataFrame(iris.data, columns=iris.feature_names)
df['species'] = iris.target_names[iris.target]
dataset = df.values
X = dataset[:, 0:4].astype(float)
Y_obj = dataset[:, 4]
e = LabelEncoder()
e.fit(Y_obj)
Y = e.transform(Y_obj)
Y_encoded = np_utils.to_categorical(Y)

skf = StratifiedKFold(n_splits=3, shuffle=True, random_state=0)
accuracy = []
for train, test in skf.split(X, Y):
    model = Sequential()
    model.add(Dense(16, input_dim=4, activation='relu'))
    model.add(Dense(3, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(X[train], Y_encoded[train], epochs=15, batch_size=5, verbose=0)
    k_accuracy = "%.4f" % (model.evaluate(X[test], Y_encoded[test])[1])
    accuracy.append(k_accuracy)
print("\n %s fold accuracy:" % 3, accuracy)
