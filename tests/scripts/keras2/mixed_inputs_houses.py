# A table and a picture of the same house, joined before the price.
import numpy as np
from tensorflow.keras.models import Sequential, Model
from tensorflow.keras.layers import Dense, Input, BatchNormalization, Conv2D, MaxPooling2D, Activation, Dropout, Flatten, concatenate
from tensorflow.keras.optimizers import Adam


def create_mlp(dim, regress=False):
    model = Sequential()
    model.add(Dense(8, input_dim=dim, activation="relu"))
    model.add(Dense(4, activation="relu"))
    if regress:
        model.add(Dense(1, activation="linear"))
    return model


def create_cnn(width, height, depth, filters=(8, 16), regress=False):
    inputs = Input(shape=(height, width, depth))
    for (i, f) in enumerate(filters):
        if i == 0:
            x = inputs
        x = Conv2D(f, (3, 3), padding="same")(x)
        x = Activation("relu")(x)
        x = BatchNormalization(axis=-1)(x)
        x = MaxPooling2D(pool_size=(2, 2))(x)
    x = Flatten()(x)
    x = Dense(16)(x)
    x = Activation("relu")(x)
    x = Dropout(0.5)(x)
    x = Dense(4)(x)
    x = Activation("relu")(x)
    if regress:
        x = Dense(1, activation="linear")(x)
    return Model(inputs, x)


rng = np.random.RandomState(0)
attributes = rng.rand(200, 6)
images = rng.rand(200, 32, 32, 3) * attributes[:, 0].reshape(-1, 1, 1, 1)
price = attributes.sum(axis=1) / 6
trainAttrX, testAttrX, trainImagesX, testImagesX = attributes[:160], attributes[160:], images[:160], images[160:]
mlp = create_mlp(trainAttrX.shape[1], regress=False)
cnn = create_cnn(32, 32, 3, regress=False)
combinedInput = concatenate([mlp.output, cnn.output])
x = Dense(4, activation="relu")(combinedInput)
x = Dense(1, activation="linear")(x)
model = Model(inputs=[mlp.input, cnn.input], outputs=x)
model.compile(loss="mean_absolute_percentage_error", optimizer=Adam(learning_rate=1e-3))
model.fit(x=[trainAttrX, trainImagesX], y=price[:160], validation_data=([testAttrX, testImagesX], price[160:]), epochs=2, batch_size=8)
preds = model.predict([testAttrX, testImagesX])
diff = preds.flatten() - price[160:]
percentDiff = (diff / price[160:]) * 100
print("mean: {:.2f}%, std: {:.2f}%".format(np.mean(np.abs(percentDiff)), np.std(percentDiff)))
