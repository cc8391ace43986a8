# Twelve inputs, eight hidden units, one answer; a table in a CSV file.
import numpy
import os
import tempfile
from keras.models import Sequential
from keras.layers import Dense

seed = 7
numpy.random.seed(seed)

rows = numpy.random.randn(400, 8)
weights = numpy.array([1.5, -2.0, 0.5, 0.0, 1.0, -0.5, 0.25, 2.0])
answer = (rows.dot(weights) + 0.3 * numpy.random.randn(400) > 0).astype(int)
filename = os.path.join(tempfile.mkdtemp(), 'table.csv')
numpy.savetxt(filename, numpy.column_stack([rows, answer]), delimiter=',')

dataset = numpy.loadtxt(filename, delimiter=",")
X = dataset[:, 0:8]
Y = dataset[:, 8]

model = Sequential()
model.add(Dense(12, input_dim=8, init='uniform', activation='relu'))
model.add(Dense(8, init='uniform', activation='relu'))
model.add(Dense(1, init='uniform', activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X, Y, validation_split=0.33, nb_epoch=20, batch_size=10, verbose=2)
scores = model.evaluate(X, Y)
print("%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))

predictions = model.predict(X)
rounded = [round(x[0]) for x in predictions]
print(rounded[:20])

json_string = model.to_json()
from keras.models import model_from_json
again = model_from_json(json_string)
again.set_weights(model.get_weights())
assert numpy.allclose(again.predict(X[:5]), predictions[:5], atol=1e-5)
