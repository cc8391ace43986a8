# One net under six optimizers; half of the imports were an editor's idea.
import numpy as np
from numpy.core.fromnumeric import shape
from tensorflow.python.framework.func_graph import flatten
from tensorflow.python.keras.layers.core import Dropout
from tensorflow.python.keras.models import Sequential
from tensorflow.python.keras.layers import Dense
from tensorflow.python.keras.optimizer_v2 import adam, adadelta, adagrad, adamax, nadam, rmsprop
from tensorflow.python.ops.control_flow_util import OpInContext
from tensorflow.python.training.tracking import base

x = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
y = np.array([2, 3, 5, 4, 7, 7, 8, 11, 9, 12])

model = Sequential()
model.add(Dense(30, input_dim=1))
model.add(Dropout(0.1))
model.add(Dense(1))

found = {}
for kind in [adam.Adam, adadelta.Adadelta, adagrad.Adagrad, adamax.Adamax, rmsprop.RMSprop, nadam.Nadam]:
    optimizer = kind(learning_rate=0.001)
    model.compile(loss='mse', optimizer=optimizer)
    model.fit(x, y, epochs=4, batch_size=1, verbose=3)
    loss = model.evaluate(x, y, verbose=None)
    found[optimizer.__class__.__name__] = round(loss, 4)
    print(kind.__name__, 'loss:', round(loss, 4), 'eleven:', model.predict([11]))
print(sorted(found))
