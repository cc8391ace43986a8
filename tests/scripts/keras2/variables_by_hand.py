# A line, a plane and two classes fitted by tf.Variable and a tape alone: lists, NumPy arrays and variables side by side.
import numpy as np
import tensorflow as tf

tf.random.set_seed(777)

# one weight: hypothesis = W * x + b over a plain list
x_list = [1, 2, 3, 4, 5]
y_list = [2.1, 3.9, 6.2, 7.8, 10.1]
W = tf.Variable(tf.random.normal((1,), -10., 10.))
b = tf.Variable(0.5)
first = None
for i in range(150 + 1):
    with tf.GradientTape() as tape:
        hypothesis = W * x_list + b
        cost = tf.reduce_mean(tf.square(hypothesis - y_list))
    W_grad, b_grad = tape.gradient(cost, [W, b])
    W.assign_sub(0.03 * W_grad)
    b.assign_sub(0.03 * b_grad)
    first = cost.numpy() if first is None else first
    if i % 50 == 0:
        print("{:5}|{:10.4f}|{:10.4f}|{:10.6f}".format(i, W.numpy()[0], b.numpy(), cost))
assert cost < first

# several columns: the slice of an array, tf.matmul, a loss of NumPy numbers minus a tensor
data = np.array([[73., 80., 75., 152.], [93., 88., 93., 185.], [89., 91., 90., 180.], [96., 98., 100., 196.],
                 [73., 66., 70., 142.]], dtype=np.float32) / 100
X, y = data[:, :-1], data[:, [-1]]
W2 = tf.Variable(tf.random.normal((3, 1)), name='weight')
b2 = tf.Variable(tf.random.normal((1,)), name='bias')


def predict(X):
    return tf.matmul(X, W2) + b2


losses = []
for i in range(300):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((y - predict(X)) ** 2)
    grads = tape.gradient(loss, [W2, b2])
    for variable, grad in zip([W2, b2], grads):
        variable.assign_sub(0.1 * grad)
    losses.append(loss.numpy())
print('plane:', losses[0], '->', losses[-1])
assert losses[-1] < losses[0]

# two classes: labels are a NumPy array on the left of a product
features = np.array([[1., 2.], [2., 3.], [3., 1.], [4., 3.], [5., 3.], [6., 2.]], dtype='float32')
labels = np.array([[0.], [0.], [0.], [1.], [1.], [1.]], dtype='float32')
W3 = tf.Variable(tf.zeros([2, 1]))
b3 = tf.Variable(tf.zeros([1]))
optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)
for step in range(400):
    with tf.GradientTape() as tape:
        hypothesis = tf.divide(1., 1. + tf.exp(-(tf.matmul(features, W3) + b3)))
        cost = -tf.reduce_mean(labels * tf.math.log(hypothesis) + (1 - labels) * tf.math.log(1 - hypothesis))
    optimizer.apply_gradients(grads_and_vars=zip(tape.gradient(cost, [W3, b3]), [W3, b3]))
predicted = tf.cast(hypothesis > 0.5, dtype=tf.int32)
accuracy = tf.reduce_mean(tf.cast(tf.equal(predicted, labels.astype('int32')), dtype=tf.float32))
print('classes:', cost.numpy(), accuracy.numpy())
boundary = -W3[0] / W3[1] * np.linspace(0, 6, 5) - b3 / W3[1]
print(boundary.shape, np.exp(W3).shape)
