# What a recurrent layer gives: every step, the last state, the memory; and a translator that asks for them by name.
import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import LSTM, Activation, Dense, Dot, Input, TimeDistributed, concatenate
from tensorflow.keras.models import Model, load_model

rng = np.random.RandomState(2)
steps = Input(shape=(3, 1))
every, hidden, memory = LSTM(2, return_sequences=True, return_state=True)(steps)
shown = Model(inputs=steps, outputs=[every, hidden, memory])
for part in shown.predict(np.array([0.1, 0.2, 0.3]).reshape((1, 3, 1))):
    print(part.shape)

SIGNS, LENGTH = 8, 5
source = rng.randint(1, SIGNS, (300, LENGTH))
eye = np.eye(SIGNS, dtype="float32")
x, shifted = eye[source], eye[np.hstack([np.zeros((300, 1), int), source[:, ::-1][:, :-1]])]
y = eye[source[:, ::-1]]

reads = Input(shape=(None, SIGNS))
read, h, c = LSTM(24, return_sequences=True, return_state=True, name="reader")(reads)
writes = Input(shape=(None, SIGNS))
written, _, _ = LSTM(24, return_sequences=True, return_state=True, name="writer")(writes, initial_state=[h, c])
look = Activation("softmax", name="look")(Dot(axes=[2, 2])([written, read]))
both = concatenate([Dot(axes=[2, 1])([look, read]), written])
signs = TimeDistributed(Dense(SIGNS, activation="softmax"))(TimeDistributed(Dense(24, activation="tanh"))(both))
model = Model([reads, writes], signs)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit([x, shifted], y, batch_size=32, epochs=3, validation_split=0.2, verbose=2)
print(both.get_shape().as_list(), K.int_shape(look), sorted(history.history))
model.save("reverser.h5")
again = load_model("reverser.h5")
attention = K.function([again.input[0], again.input[1]], [again.get_layer("look").output])
print(attention([x[:1], shifted[:1]])[0].sum(-1).round(3))
