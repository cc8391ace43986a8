# Which optimizer, which start? A grid search around KerasClassifier.
import numpy
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Dense
from keras.wrappers.scikit_learn import KerasClassifier

def create_model(optimizer='rmsprop', init='glorot_uniform'):
    model = Sequential()
    model.add(Dense(8, input_dim=30, kernel_initializer=init, activation='relu'))
    model.add(Dense(1, kernel_initializer=init, activation='sigmoid'))
    model.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
    return model

seed = 7
numpy.random.seed(seed)
X, Y = load_breast_cancer(return_X_y=True)
X = StandardScaler().fit_transform(X)[:300]
Y = Y[:300]
model = KerasClassifier(build_fn=create_model, verbose=0)
param_grid = dict(optimizer=['rmsprop', 'adam'], epochs=[3], batch_size=[10, 40], init=['glorot_uniform'])
grid = GridSearchCV(estimator=model, param_grid=param_grid, cv=2)
grid_result = grid.fit(X, Y)
print("Best: %f using %s" % (grid_result.best_score_, grid_result.best_params_))
means = grid_result.cv_results_['mean_test_score']
stds = grid_result.cv_results_['std_test_score']
for mean, stdev, param in zip(means, stds, grid_result.cv_results_['params']):
    print("%f (%f) with: %r" % (mean, stdev, param))
assert len(means) == 4
