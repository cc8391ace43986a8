# Pictures pixel by pixel: a convolution whose kernel is masked as it is built, residual blocks, sampling from softmax.
import numpy as np
from tensorflow.keras import callbacks, datasets, layers, models, optimizers, utils

IMAGE_SIZE, PIXEL_LEVELS, N_FILTERS = 12, 4, 8

(x_train, _), (_, _) = datasets.fashion_mnist.load_data()
images_int = (x_train[:200, 2:26:2, 2:26:2] / (256 / PIXEL_LEVELS)).astype(int)
input_data = np.expand_dims(images_int, -1).astype("float32") / PIXEL_LEVELS
output_data = images_int


class MaskedConv2D(layers.Layer):
    def __init__(self, mask_type, **kwargs):
        super(MaskedConv2D, self).__init__()
        self.mask_type = mask_type
        self.conv = layers.Conv2D(**kwargs)

    def build(self, input_shape):
        self.conv.build(input_shape)
        kernel_shape = self.conv.kernel.get_shape()
        self.mask = np.zeros(shape=kernel_shape)
        self.mask[: kernel_shape[0] // 2, ...] = 1.0
        self.mask[kernel_shape[0] // 2, : kernel_shape[1] // 2, ...] = 1.0
        if self.mask_type == "B":
            self.mask[kernel_shape[0] // 2, kernel_shape[1] // 2, ...] = 1.0

    def call(self, inputs):
        self.conv.kernel.assign(self.conv.kernel * self.mask)
        return self.conv(inputs)

    def get_config(self):
        cfg = super().get_config()
        return cfg


class ResidualBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super(ResidualBlock, self).__init__(**kwargs)
        self.conv1 = layers.Conv2D(filters=filters // 2, kernel_size=1, activation="relu")
        self.pixel_conv = MaskedConv2D(mask_type="B", filters=filters // 2, kernel_size=3, activation="relu", padding="same")
        self.conv2 = layers.Conv2D(filters=filters, kernel_size=1, activation="relu")

    def call(self, inputs):
        x = self.conv2(self.pixel_conv(self.conv1(inputs)))
        return layers.add([inputs, x])


inputs = layers.Input(shape=(IMAGE_SIZE, IMAGE_SIZE, 1))
x = MaskedConv2D(mask_type="A", filters=N_FILTERS, kernel_size=7, activation="relu", padding="same")(inputs)
for _ in range(2):
    x = ResidualBlock(filters=N_FILTERS)(x)
x = MaskedConv2D(mask_type="B", filters=N_FILTERS, kernel_size=1, strides=1, activation="relu", padding="valid")(x)
out = layers.Conv2D(filters=PIXEL_LEVELS, kernel_size=1, strides=1, activation="softmax", padding="valid")(x)
pixel_cnn = models.Model(inputs, out)
pixel_cnn.compile(optimizer=optimizers.Adam(learning_rate=0.005), loss="sparse_categorical_crossentropy")


class ImageGenerator(callbacks.Callback):
    def __init__(self, num_img):
        self.num_img = num_img

    def sample_from(self, probs, temperature):
        probs = probs ** (1 / temperature)
        probs = probs / np.sum(probs)
        return np.random.choice(len(probs), p=probs)

    def generate(self, temperature):
        made = np.zeros(shape=(self.num_img, IMAGE_SIZE, IMAGE_SIZE, 1))
        for row in range(2):
            for col in range(IMAGE_SIZE):
                probs = self.model.predict(made, verbose=0)[:, row, col, :]
                made[:, row, col, 0] = [self.sample_from(p, temperature) for p in probs]
                made[:, row, col, :] /= PIXEL_LEVELS
        return made

    def on_epoch_end(self, epoch, logs=None):
        pictures = self.generate(temperature=1.0)
        utils.save_img(f"pixels_{epoch:03d}.png", pictures[0])


history = pixel_cnn.fit(input_data, output_data, batch_size=32, epochs=2, callbacks=[ImageGenerator(num_img=2)])
kernel = pixel_cnn.layers[1].conv.kernel.numpy()
print(kernel.shape, history.history['loss'])
assert pixel_cnn.predict(input_data[:3]).shape == (3, IMAGE_SIZE, IMAGE_SIZE, PIXEL_LEVELS)
