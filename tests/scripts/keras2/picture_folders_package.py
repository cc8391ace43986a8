# A network class in a package of the project, pictures found in folders, labels as rows of ones, curves and a learning rate plan.
import matplotlib
matplotlib.use('Agg')
import argparse
import os
import pickle
import random
import sys

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

ap = argparse.ArgumentParser()
ap.add_argument('-d', '--dataset', default='dataset', help='folder of folders of pictures')
ap.add_argument('-m', '--model', default='output/shapes.hdf5')
ap.add_argument('-l', '--labels', default='output/labels.pickle')
args = vars(ap.parse_args())

random.seed(42)
for folder in (args['dataset'] + '/bars', args['dataset'] + '/spots', args['dataset'] + '/grey', 'output', 'nets/conv'):
    os.makedirs(folder, exist_ok=True)
for name, place in (('bars', np.s_[:, ::4]), ('spots', np.s_[::4, ::4]), ('grey', np.s_[:1, :1])):
    for number in range(24):
        pixels = np.random.randint(60, 120, (40, 36, 3)).astype('uint8')
        pixels[place] = 250
        Image.fromarray(pixels).save('%s/%s/%02d.png' % (args['dataset'], name, number))
with open('nets/conv/small.py', 'w') as f:
    f.write('''
from keras import backend as K
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.normalization import BatchNormalization
from keras.models import Sequential

class SmallNet:
    @staticmethod
    def build(width, height, depth, classes):
        model, shape, axis = Sequential(), (height, width, depth), -1
        if K.image_data_format() == "channels_first":
            shape, axis = (depth, height, width), 1
        model.add(Conv2D(8, (3, 3), padding="same", input_shape=shape))
        model.add(Activation("relu"))
        model.add(BatchNormalization(axis=axis))
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Flatten())
        model.add(Dropout(0.25))
        model.add(Dense(classes))
        model.add(Activation("softmax"))
        return model
''')
for package in ('nets', 'nets/conv'):
    open(package + '/__init__.py', 'w').close()
sys.path.append(os.getcwd())

from imutils import paths
from keras import backend as K
from keras.callbacks import BaseLogger, LearningRateScheduler
from keras.models import load_model
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator, img_to_array
from nets.conv.small import SmallNet
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer

class Monitor(BaseLogger):
    def __init__(self, figure):
        super(Monitor, self).__init__()
        self.figure = figure

    def on_train_begin(self, logs={}):
        self.H = {}

    def on_epoch_end(self, epoch, logs={}):
        for (k, v) in logs.items():
            self.H.setdefault(k, []).append(float(v))
        plt.figure()
        plt.plot(np.arange(0, len(self.H['loss'])), self.H['loss'], label='train_loss')
        plt.plot(np.arange(0, len(self.H['acc'])), self.H['acc'], label='train_acc')
        plt.legend()
        plt.savefig(self.figure)
        plt.close()

image_paths = sorted(list(paths.list_images(args['dataset'])))
random.shuffle(image_paths)
data = np.array([img_to_array(Image.open(p).resize((24, 24))) for p in image_paths], dtype='float') / 255.0
lb = LabelBinarizer()
labels = lb.fit_transform([p.split(os.path.sep)[-2] for p in image_paths])
(trainX, testX, trainY, testY) = train_test_split(data, labels, test_size=0.25, stratify=labels, random_state=42)
aug = ImageDataGenerator(rotation_range=10, width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True, fill_mode='nearest')

EPOCHS, BS = 4, 9
model = SmallNet.build(width=24, height=24, depth=3, classes=len(lb.classes_))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.05, decay=0.05 / EPOCHS, momentum=0.9), metrics=['accuracy'])
H = model.fit_generator(aug.flow(trainX, trainY, batch_size=BS), validation_data=(testX, testY), steps_per_epoch=len(trainX) // BS,
                        epochs=EPOCHS, verbose=2, callbacks=[Monitor('output/curve.png'),
                                                             LearningRateScheduler(lambda e: 0.05 * 0.5 ** (e // 2))])
predictions = model.predict(testX, batch_size=BS)
print(classification_report(testY.argmax(axis=1), predictions.argmax(axis=1), target_names=lb.classes_))
model.save(args['model'])
with open(args['labels'], 'wb') as f:
    f.write(pickle.dumps(lb))
model = load_model(args['model'])
K.set_value(model.optimizer.lr, 1e-3)
print('learning rate now', K.get_value(model.optimizer.lr), sorted(H.history))
