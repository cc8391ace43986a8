# Training that goes on where it stopped: a counter, an optimizer and a net in one checkpoint, the last three are kept.
import tensorflow as tf


def line():
    x = tf.random.normal((32, 1))
    return x, 3 * x + 1


net = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
opt = tf.keras.optimizers.Adam(0.1)
ckpt = tf.train.Checkpoint(step=tf.Variable(1), optimizer=opt, net=net)
manager = tf.train.CheckpointManager(ckpt, "./tf_ckpts", max_to_keep=3)


def train_and_checkpoint(ckpt, manager):
    ckpt.restore(manager.latest_checkpoint)
    print("restored from {}".format(manager.latest_checkpoint) if manager.latest_checkpoint else "begins anew")
    for _ in range(50):
        x, y = line()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(net(x) - y))
        variables = net.trainable_variables
        opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        ckpt.step.assign_add(1)
        if int(ckpt.step) % 2 == 0:
            print("step {}: {}".format(int(ckpt.step), manager.save()))
    return int(ckpt.step)


first = train_and_checkpoint(ckpt, manager)
net = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
opt = tf.keras.optimizers.Adam(0.1)
ckpt = tf.train.Checkpoint(step=tf.Variable(1), optimizer=opt, net=net)
manager = tf.train.CheckpointManager(ckpt, "./tf_ckpts", max_to_keep=3)
assert train_and_checkpoint(ckpt, manager) > first - 2
assert len(manager.checkpoints) <= 3 and manager.latest_checkpoint == tf.train.latest_checkpoint("./tf_ckpts")
