# A small U-Net marks bright discs; the Dice coefficient as metric.
import numpy as np
from tensorflow.keras.models import *
from tensorflow.keras.layers import *
from tensorflow.keras.optimizers import *
from tensorflow.keras import backend as keras

smooth = 1.

def dice_coef(y_true, y_pred):
    y_true_f = keras.flatten(y_true)
    y_pred_f = keras.flatten(y_pred)
    intersection = keras.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (keras.sum(y_true_f) + keras.sum(y_pred_f) + smooth)

def unet(input_size=(32, 32, 1)):
    inputs = Input(input_size)
    conv1 = Conv2D(8, 3, activation='relu', padding='same', kernel_initializer='he_normal')(inputs)
    pool1 = MaxPooling2D(pool_size=(2, 2))(conv1)
    conv2 = Conv2D(16, 3, activation='relu', padding='same', kernel_initializer='he_normal')(pool1)
    drop2 = Dropout(0.5)(conv2)
    up3 = Conv2DTranspose(8, (2, 2), strides=(2, 2), padding='same')(drop2)
    merge3 = concatenate([conv1, up3], axis=3)
    conv3 = Conv2D(8, 3, activation='relu', padding='same')(merge3)
    conv4 = Conv2D(1, 1, activation='sigmoid')(conv3)
    model = Model(inputs=inputs, outputs=conv4)
    model.compile(optimizer=Adam(lr=1e-3), loss='binary_crossentropy', metrics=[dice_coef])
    return model

rng = np.random.RandomState(0)
rows, cols = np.mgrid[:32, :32]
centers = rng.randint(8, 24, (40, 2))
masks = np.stack([((rows - r) ** 2 + (cols - c) ** 2 < 25) for r, c in centers]).astype('float32')[..., None]
images = masks * 0.6 + rng.normal(0, 0.1, masks.shape)
model = unet()
model.summary()
model.fit(images, masks, batch_size=4, epochs=2, verbose=1, validation_split=0.2, shuffle=True)
print(model.predict(images[:2], verbose=1).shape)
