# The style of one picture on the content of another, on small maps of a small net; gradients by the tape.
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model

tf.random.set_seed(0)
rng = np.random.RandomState(0)
content_image = np.zeros((1, 32, 32, 3), 'float32')
content_image[:, 8:24, 8:24] = 0.8
style_image = np.tile(np.sin(np.arange(32) / 2.0)[None, :, None, None] * 0.5 + 0.5, (1, 1, 32, 3)).astype('float32')

inputs = layers.Input((32, 32, 3))
x = layers.Conv2D(8, 3, padding='same', activation='relu', name='block1_conv1')(inputs)
x = layers.AveragePooling2D()(x)
x = layers.Conv2D(12, 3, padding='same', activation='relu', name='block2_conv1')(x)
vgg = Model(inputs, x)
vgg.trainable = False
style_layers, content_layers = ['block1_conv1', 'block2_conv1'], ['block2_conv1']
extractor = Model([vgg.input], [vgg.get_layer(name).output for name in style_layers + content_layers])


def gram_matrix(input_tensor):
    result = tf.linalg.einsum('bijc,bijd->bcd', input_tensor, input_tensor)
    input_shape = tf.shape(input_tensor)
    num_locations = tf.cast(input_shape[1] * input_shape[2], tf.float32)
    return result / num_locations


style_targets = [gram_matrix(m) for m in extractor(style_image)[:2]]
content_target = extractor(content_image)[2]
image = tf.Variable(content_image + rng.uniform(0, 0.1, content_image.shape).astype('float32'))
opt = tf.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)


@tf.function()
def train_step(image):
    with tf.GradientTape() as tape:
        outputs = extractor(image)
        style_loss = tf.add_n([tf.reduce_mean((gram_matrix(m) - t) ** 2) for m, t in zip(outputs[:2], style_targets)])
        content_loss = tf.reduce_mean((outputs[2] - content_target) ** 2)
        loss = 1e2 * style_loss + content_loss
    grad = tape.gradient(loss, image)
    opt.apply_gradients([(grad, image)])
    image.assign(tf.clip_by_value(image, clip_value_min=0.0, clip_value_max=1.0))
    return loss


losses = [float(train_step(image)) for step in range(10)]
print(losses[0], losses[-1], image.shape)
assert losses[-1] < losses[0]
