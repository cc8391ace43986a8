# Pictures in folders, a pretrained body without its top (here with random weights), frozen, then fine-tuned.
import os
import tempfile
import numpy as np
from PIL import Image
from tensorflow.keras import layers, models, optimizers
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator, load_img, img_to_array

base_dir = tempfile.mkdtemp()
rng = np.random.RandomState(0)
for part, count in (('train', 12), ('validation', 6)):
    for name, level in (('cats', 60), ('dogs', 190)):
        os.makedirs(os.path.join(base_dir, part, name))
        for i in range(count):
            pixels = np.clip(rng.normal(level, 30, (40, 40, 3)), 0, 255).astype('uint8')
            Image.fromarray(pixels).save(os.path.join(base_dir, part, name, '%s.%d.jpg' % (name, i)))

train_datagen = ImageDataGenerator(rescale=1. / 255, rotation_range=40, width_shift_range=0.2, height_shift_range=0.2,
                                   shear_range=0.2, zoom_range=0.2, horizontal_flip=True, fill_mode='nearest')
test_datagen = ImageDataGenerator(rescale=1. / 255)
train_generator = train_datagen.flow_from_directory(os.path.join(base_dir, 'train'), target_size=(48, 48), batch_size=6,
                                                    class_mode='binary')
validation_generator = test_datagen.flow_from_directory(os.path.join(base_dir, 'validation'), target_size=(48, 48),
                                                        batch_size=6, class_mode='binary', shuffle=False)
print(train_generator.class_indices)

conv_base = VGG16(weights=None, include_top=False, input_shape=(48, 48, 3))
conv_base.trainable = False
model = models.Sequential()
model.add(conv_base)
model.add(layers.Flatten())
model.add(layers.Dense(16, activation='relu'))
model.add(layers.Dense(1, activation='sigmoid'))
print('trainable weights:', len(model.trainable_weights))
model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=2e-5), metrics=['acc'])
history = model.fit_generator(train_generator, steps_per_epoch=4, epochs=1, validation_data=validation_generator,
                              validation_steps=2)
conv_base.trainable = True
set_trainable = False
for layer in conv_base.layers:
    if layer.name == 'block5_conv1':
        set_trainable = True
    layer.trainable = set_trainable
print('trainable weights:', len(model.trainable_weights))
model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=1e-5), metrics=['acc'])
model.fit(train_generator, steps_per_epoch=2, epochs=1, validation_data=validation_generator, validation_steps=2)
img = load_img(os.path.join(base_dir, 'train', 'cats', 'cats.0.jpg'), target_size=(48, 48))
x = img_to_array(img)
x = np.expand_dims(x, axis=0)
x = preprocess_input(x)
print(model.predict(x), sorted(history.history))
