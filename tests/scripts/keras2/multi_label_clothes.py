# Several labels at once: a sigmoid for each, scikit-learn's binarizer beside it.
import numpy as np
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.model_selection import train_test_split
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import BatchNormalization, Conv2D, MaxPooling2D, Activation, Flatten, Dropout, Dense
from tensorflow.keras.optimizers import Adam

rng = np.random.RandomState(42)
colours, kinds = {'red': 0, 'green': 1, 'blue': 2}, ('wide', 'tall')
data, labels = [], []
for i in range(240):
    colour, kind = rng.choice(list(colours)), rng.choice(kinds)
    image = rng.uniform(0, 0.2, (24, 24, 3))
    rows, cols = ((8, 16), (2, 22)) if kind == 'wide' else ((2, 22), (8, 16))
    image[rows[0]:rows[1], cols[0]:cols[1], colours[colour]] += 0.7
    data.append(image)
    labels.append((colour, kind))
data = np.array(data, dtype="float")
mlb = MultiLabelBinarizer()
labels = mlb.fit_transform(labels)
for (i, label) in enumerate(mlb.classes_):
    print("{}. {}".format(i + 1, label))
(trainX, testX, trainY, testY) = train_test_split(data, labels, test_size=0.2, random_state=42)

model = Sequential()
model.add(Conv2D(16, (3, 3), padding="same", input_shape=(24, 24, 3)))
model.add(Activation("relu"))
model.add(BatchNormalization(axis=-1))
model.add(MaxPooling2D(pool_size=(3, 3)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32))
model.add(Activation("relu"))
model.add(BatchNormalization())
model.add(Dropout(0.5))
model.add(Dense(len(mlb.classes_)))
model.add(Activation("sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=1e-3), metrics=["accuracy"])
H = model.fit(x=trainX, y=trainY, validation_data=(testX, testY), batch_size=32, epochs=3, verbose=1)
proba = model.predict(testX[:1])[0]
idxs = np.argsort(proba)[::-1][:2]
for (label, p) in zip(mlb.classes_, proba):
    print("{}: {:.2f}%".format(label, p * 100))
