# Nuclei in pictures: a small U-Net, the mean of intersections over unions at ten thresholds, a checkpoint with a Lambda in it.
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import Input
from keras.layers.convolutional import Conv2D, Conv2DTranspose
from keras.layers.core import Dropout, Lambda
from keras.layers.merge import concatenate
from keras.layers.pooling import MaxPooling2D
from keras.models import Model, load_model

np.random.seed(42)
SIZE = 32
rows, cols = np.mgrid[:SIZE, :SIZE]

def draw():
    mask = np.zeros((SIZE, SIZE), bool)
    for _ in range(3):
        r, c, radius = np.random.randint(5, 27), np.random.randint(5, 27), np.random.randint(3, 6)
        mask |= (rows - r) ** 2 + (cols - c) ** 2 <= radius ** 2
    picture = np.where(mask[..., None], 180, 40) + np.random.randint(-30, 30, (SIZE, SIZE, 3))
    return picture.astype(np.uint8), mask[..., None]

X_train, Y_train = map(np.array, zip(*[draw() for _ in range(80)]))

def mean_iou(y_true, y_pred):
    scores = []
    for t in np.arange(0.5, 1.0, 0.05):
        score, update = tf.metrics.mean_iou(y_true, tf.to_int32(y_pred > t), 2)
        K.get_session().run(tf.local_variables_initializer())
        with tf.control_dependencies([update]):
            score = tf.identity(score)
        scores.append(score)
    return K.mean(K.stack(scores), axis=0)

def dice_loss(y_true, y_pred, smooth=1.):
    truth, guess = K.flatten(y_true), K.flatten(y_pred)
    return 1 - (2. * K.sum(truth * guess) + smooth) / (K.sum(truth) + K.sum(guess) + smooth)

inputs = Input((SIZE, SIZE, 3))
s = Lambda(lambda x: x / 255)(inputs)
c1 = Conv2D(8, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same')(s)
c1 = Dropout(0.1)(c1)
p1 = MaxPooling2D((2, 2))(c1)
c2 = Conv2D(16, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same')(p1)
u1 = Conv2DTranspose(8, (2, 2), strides=(2, 2), padding='same')(c2)
c3 = Conv2D(8, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same')(concatenate([u1, c1], axis=3))
model = Model(inputs=[inputs], outputs=[Conv2D(1, (1, 1), activation='sigmoid')(c3)])
model.compile(optimizer='adam', loss=dice_loss, metrics=[mean_iou])

best = ModelCheckpoint('model-nuclei.h5', verbose=1, save_best_only=True)
results = model.fit(X_train, Y_train, validation_split=0.2, batch_size=8, epochs=4, verbose=2,
                    callbacks=[EarlyStopping(patience=5, verbose=1), best])
model = load_model('model-nuclei.h5', custom_objects={'mean_iou': mean_iou, 'dice_loss': dice_loss})
masks = (model.predict(X_train[:8], verbose=0) > 0.5).astype(np.uint8)
print(masks.shape, results.history['val_mean_iou'][-1])
