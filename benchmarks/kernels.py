"""Kernels: each fused form beside its plain twin, at the sizes of the lectures' CNN (batch 200); norms at those of ResNet-18.

    python benchmarks/kernels.py [--rounds 30] [--threads 2] [--norms]

The forms take turns, round by round, so that a slow minute of the machine hits both. Times are medians in milliseconds, with the
fastest round in brackets. Another busy process on the same cores spoils them, for all threads of a loop wait for the last, so the
load is printed too; with one thread, processor time is measured instead, which such a process hardly touches. The last lines are
a whole training step, in processes of their own: with fused and plain kernels, with and without `keep_freed_memory`. `--norms`
runs the norms alone.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

from nabi.core.random import Key
from nabi.kernels import (
    batch_norm,
    conv,
    convolution,
    dropout,
    keep_freed_memory,
    linear,
    relu_average_dropout,
    relu_pool_dropout,
    update,
    using,
)
from nabi.kernels.math import sqrt

KEY = Key(1, 2, 3)
BATCH = 200


def images(channels, size, dtype, count=BATCH):
    """(N, H, W, C)."""
    return torch.randn(count, size, size, channels).to(dtype)


def adam(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
    """Keras' Adam; alpha carries the bias correction."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    w = w - lr * alpha * m / (sqrt(v) + epsilon)
    return w, m, v


def forms(function, inputs):
    """Forward and backward of a function, fused and plain: name -> {form: callable}."""
    cases = {"forward": {}, "backward": {}}
    for form, mode in (("fused", "auto"), ("plain", "plain")):
        with using(mode):
            y = function(*inputs)
        g = torch.randn_like(y)

        def forward(mode=mode):
            with using(mode):
                function(*inputs)

        leaves = [t for t in inputs if t.requires_grad]
        cases["forward"][form] = forward
        cases["backward"][form] = lambda y=y, g=g, leaves=leaves: torch.autograd.grad(y, leaves, g, retain_graph=True)
    return cases


def layers(dtype):
    """The lecture CNN's layers and the gradient of a small map's weight."""
    c1 = images(1, 28, dtype), torch.randn(32, 1, 3, 3).to(dtype).requires_grad_(), torch.randn(32).to(dtype).requires_grad_()
    c2 = images(32, 26, dtype), torch.randn(64, 32, 3, 3).to(dtype), torch.randn(64).to(dtype)
    c2 = tuple(t.requires_grad_() for t in c2)
    maps = torch.randn(BATCH, 24, 24, 64).to(dtype).requires_grad_()
    units = torch.randn(BATCH, 12 * 12 * 64).to(dtype).requires_grad_()
    cases = {
        "conv1 1->32 + relu": forms(lambda *t: convolution(*t, relu=True), c1),
        "conv2 32->64": forms(convolution, c2),
        "relu + pool + dropout": forms(lambda x: relu_pool_dropout(x, (2, 2), 0.25, KEY), (maps,)),
        "leaky relu + pool + dropout": forms(lambda x: relu_pool_dropout(x, (2, 2), 0.25, KEY, 0.1), (maps,)),
        "relu + average": forms(relu_average_dropout, (maps,)),
        "dropout": forms(lambda x: dropout(x, 0.5, KEY), (units,)),
    }
    flat = {f"{name}, {way}": case for name, ways in cases.items() for way, case in ways.items()}
    x, d = (conv.nchw(images(512, 4, dtype, 64)) for _ in range(2))
    w = torch.randn(512, 512, 3, 3).to(dtype)
    one = (1, 1)
    flat["dw of 512->512 on 4x4, patches"] = {
        "fused": lambda: conv.weight_gradient(d, x, w, one, one),
        "plain": lambda: torch.ops.aten.convolution_backward(
            d, x, w, None, one, one, one, False, (0, 0), 1, (False, True, False)
        ),
    }
    return flat


def norms(dtype):
    """Batch normalisation + ReLU, forward and backward, beside torch's on channels-last memory; x * 2, one read and one write."""
    cases = {}
    shapes = (32, 64), (16, 128), (8, 256), (4, 512), (24, 12), (24, 84)  # ResNet-18's on 32 x 32 pixels, a DenseNet's
    for (size, channels), skip in itertools.product(shapes, (False, True)):
        x, r, g = (torch.randn(64, size, size, channels).to(dtype) for _ in range(3))
        scale, offset, y = torch.ones(channels), torch.zeros(channels), torch.empty_like(x)
        leaves = [t.requires_grad_() for t in ((x, r, scale, offset) if skip else (x, scale, offset))]

        def ours(mode, x=x, r=r if skip else None, g=g, scale=scale, offset=offset, leaves=leaves):
            with using(mode):
                torch.autograd.grad(batch_norm(x, scale, offset, residual=r, slope=0.0)[0], leaves, g)

        def theirs(x=x, r=r if skip else None, g=g, scale=scale, offset=offset, leaves=leaves):
            z = F.batch_norm(x.permute(0, 3, 1, 2), None, None, scale, offset, True)
            z = z if r is None else z + r.permute(0, 3, 1, 2)
            torch.autograd.grad(F.relu(z), leaves, g.permute(0, 3, 1, 2))

        cases[f"64x{size}x{size}x{channels} norm{' + skip' if skip else ''} + relu"] = {
            "fused": lambda ours=ours: ours("auto"),
            "torch": theirs,
            "plain": lambda ours=ours: ours("plain"),
            "x * 2": lambda x=x, y=y: torch.mul(x.detach(), 2, out=y),
        }
    return cases


def optimizer(n=1_200_000):
    """Adam on so many float32 weights with a bfloat16 copy; torch's fused Adam writes no copy."""
    w, g, m, v, copy = torch.randn(n), torch.randn(n), torch.zeros(n), torch.zeros(n), torch.zeros(n, dtype=torch.bfloat16)
    parameter = torch.nn.Parameter(w.clone())
    parameter.grad = g
    numbers = (1e-3, 0.9, 0.999, 1e-7, 1.0)

    def step(mode):
        with using(mode):
            update("adam", adam, w, g, (m, v), numbers, copy)

    theirs = torch.optim.Adam([parameter], fused=True)
    return {"Adam, 1.2 M weights": {"fused": lambda: step("auto"), "plain": lambda: step("plain"), "torch": theirs.step}}


def clock():
    """Seconds: processor time for one thread, else time."""
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def measure(cases, rounds):
    """Prints median and fastest time of each form of each case."""
    for name, case in cases.items():
        times = {form: [] for form in case}
        for round in range(rounds + 2):
            for form, function in case.items():
                start = clock()
                function()
                if round >= 2:
                    times[form].append(1e3 * (clock() - start))
        columns = "  ".join(f"{form} {statistics.median(t):7.3f} ({min(t):7.3f})" for form, t in times.items())
        print(f"{name:34s} {columns}", flush=True)


def train(dtype, mode, rounds):
    """Median time of forward, loss and backward of the lecture CNN, without the update."""
    shapes = (32, 1, 3, 3), (32,), (64, 32, 3, 3), (64,), (128, 9216), (128,), (10, 128), (10,)
    weights = [(0.05 * torch.randn(shape)).to(dtype).requires_grad_() for shape in shapes]
    x, y, times = images(1, 28, dtype), torch.randint(0, 10, (BATCH,)), []
    with using(mode):
        for round in range(rounds + 5):
            start = clock()
            a = convolution(x, *weights[:2], relu=True, owns_gradient=True)
            a = convolution(a, *weights[2:4])
            a = relu_pool_dropout(a, (2, 2), 0.25, KEY._replace(call=round)).flatten(1)
            a = dropout(linear(a, *weights[4:6], relu=True), 0.5, KEY._replace(call=round, layer=9))
            loss = F.cross_entropy(F.linear(a, *weights[6:]).float(), y)
            torch.autograd.grad(loss, weights)
            times.append(1e3 * (clock() - start))
    return statistics.median(times[5:])


def main():
    """Runs everything; `--step` is for the processes that this one starts."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments.add_argument("--norms", action="store_true")
    arguments.add_argument("--step", nargs=3, metavar=("DTYPE", "MODE", "MEMORY"))
    chosen = arguments.parse_args()
    torch.set_num_threads(chosen.threads)
    if chosen.step:
        dtype, mode, memory = chosen.step
        if memory == "kept":
            keep_freed_memory()
        print(train(getattr(torch, dtype), mode, chosen.rounds))
        return
    print(f"torch {torch.__version__}, {chosen.threads} threads, {chosen.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    if not chosen.norms:
        for dtype in (torch.bfloat16, torch.float32):
            print(f"\n{dtype}")
            measure(layers(dtype), chosen.rounds)
        print()
        measure(optimizer(), chosen.rounds)
    keep_freed_memory()
    for dtype in (torch.bfloat16, torch.float32):
        print(f"\n{dtype}, freed memory kept, as in training")
        measure(norms(dtype), chosen.rounds)
    if chosen.norms:
        return
    print("\nforward + loss + backward of the lectures' CNN, medians of three processes that take turns")
    steps = list(itertools.product(("bfloat16", "float32"), ("auto", "plain"), ("kept", "free")))
    times = {step: [] for step in steps}
    for _ in range(3):
        for step in steps:
            options = "--rounds", str(chosen.rounds), "--threads", str(chosen.threads), "--step", *step
            command = [sys.executable, __file__, *options]
            times[step].append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    for (dtype, mode, memory), t in times.items():
        print(f"{dtype:9s} {'fused' if mode == 'auto' else 'plain'}, freed memory {memory:5s} {statistics.median(t):7.1f}")
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
