"""The lecture CNN twice: with nabi and in plain PyTorch; same weights, batches and dropout masks, so the same losses.

    python examples/lecture_cnn_torch.py

It prints both losses of every step and the largest relative difference, which stays below 1e-5 in float32. Read the two halves
side by side to see what `compile` and `fit` do.

Both halves round alike, because training makes much of a last bit: where two pixels of a pooling window are almost equal, it
decides which one gets the gradient, and from there two runs part (5e-5 after 20 steps). Comments say where that matters. With
nabi's fused kernels all weights stay equal to the last bit; with the plain ones (`NABI_KERNELS=plain`) they may part so.
"""

import torch
import torch.nn.functional as F

import nabi
from nabi.core.random import Key, permutation
from nabi.kernels import random_bits
from nabi.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D

STEPS, BATCH = 20, 32

nabi.utils.set_random_seed(0)
(x, y), _ = nabi.datasets.digits.load_data()
x, y = (x[: STEPS * BATCH, ..., None] / 255).astype("float32"), y[: STEPS * BATCH].astype("int64")

# nabi ------------------------------------------------------------------------------------------------------------------------

model = nabi.Sequential([
    Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
    Conv2D(64, 3, activation="relu"),
    MaxPooling2D(2),
    Dropout(0.25),
    Flatten(),
    Dense(128, activation="relu"),
    Dropout(0.5),
    Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", precision="float32")
w1, b1, w2, b2, w3, b3, w4, b4 = (torch.from_numpy(w) for w in model.get_weights())


class Losses(nabi.callbacks.Callback):
    """Collects the loss of every step; the logs hold the running mean of the epoch, so it is undone."""

    def __init__(self):
        super().__init__()
        self.means = []

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(logs["loss"])


seen = Losses()
model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, callbacks=[seen])
nabi_losses = [mean * (i + 1) - before * i for i, (mean, before) in enumerate(zip(seen.means, [0.0, *seen.means], strict=False))]

# PyTorch ---------------------------------------------------------------------------------------------------------------------

parameters = [                                             # Keras' kernels are (kH, kW, in, out) and (in, out)
    w1.permute(3, 2, 0, 1), b1, w2.permute(3, 2, 0, 1), b2, w3.t(), b3, w4.t(), b4,
]
formats = [torch.channels_last if p.ndim == 4 else torch.contiguous_format for p in parameters]
parameters = [p.contiguous(memory_format=f).requires_grad_() for p, f in zip(parameters, formats, strict=True)]
k1, c1, k2, c2, d1, e1, d2, e2 = parameters
seed = model.counters.seed


def dropout(h, rate, layer, step):
    """h (N, ..., C), channels last: unit i is off where word i of the key is below rate * 2^32."""
    keep = random_bits(Key(seed, layer, step), h.numel()).view(h.shape) >= int(rate * 2**32)
    return h * (keep / (1 - rate))                                                 # the factor is rounded, then the product


def forward(pictures, step):
    """Logits (N, 10) of pictures (N, 28, 28, 1). A bias of its own is the better sum: conv2d's gradient of it loses a digit."""
    h = F.relu(F.conv2d(pictures.permute(0, 3, 1, 2), k1) + c1[:, None, None])     # (N, 32, 26, 26)
    h = F.relu(F.conv2d(h, k2) + c2[:, None, None])                                # (N, 64, 24, 24)
    h = F.max_pool2d(h, 2).permute(0, 2, 3, 1)                                     # (N, 12, 12, 64)
    h = dropout(h, 0.25, 3, step).flatten(1)                                       # layer 3 of the graph, counted from 0
    h = dropout(F.relu(F.linear(h, d1, e1)), 0.5, 6, step)
    return F.linear(h, d2, e2)


m = [torch.zeros_like(p) for p in parameters]
v = [torch.zeros_like(p) for p in parameters]
order = torch.from_numpy(permutation(seed, 0, len(x)))
pictures, labels = torch.from_numpy(x), torch.from_numpy(y)
torch_losses = []
for step in range(STEPS):
    index = order[step * BATCH:(step + 1) * BATCH]
    loss = F.cross_entropy(forward(pictures[index], step).double(), labels[index])    # softmax in float64, as nabi's
    gradients = torch.autograd.grad(loss, parameters)
    torch_losses.append(loss.item())
    t = step + 1
    alpha = 0.001 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)                           # Adam in Keras' form, epsilon 1e-7
    with torch.no_grad():
        for p, g, mi, vi in zip(parameters, gradients, m, v, strict=True):
            mi.mul_(0.9).add_(g, alpha=1 - 0.9)
            vi.mul_(0.999).add_(g * g, alpha=1 - 0.999)
            root = vi.double().sqrt().float()                                      # torch's float32 root may miss the last bit
            p -= alpha * mi / (root + 1e-7)

print("step      nabi   PyTorch")
for step, (ours, theirs) in enumerate(zip(nabi_losses, torch_losses, strict=True)):
    print(f"{step + 1:4d}  {ours:8.6f}  {theirs:8.6f}")
worst = max(abs(a - b) / b for a, b in zip(nabi_losses, torch_losses, strict=True))
print(f"largest relative difference: {worst:.1e}")
