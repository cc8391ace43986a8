"""What convolution costs: its share of a training step, and the lectures' CNN against a dense net of as many weights (계산 비용).

The lectures: convolution takes over 60 % of the run time, and a CNN about three times as long as a dense net of equal weights.
Processor time of training steps of 200 digits in turn, medians of 15; the share: a step less one of what follows the
convolutions. float32, and "auto": bfloat16 where the processor has it. 15 s.
"""

import time

import numpy as np
from common import main

import nabi


def steps(model, precision, shape, batch):
    model.compile("adam", "sparse_categorical_crossentropy", precision=precision)
    x, y = np.random.default_rng(0).random((batch, *shape), dtype=np.float32), np.arange(batch) % 10
    def seconds():
        begin = time.process_time()
        model.train_on_batch(x, y)
        return time.process_time() - begin
    return seconds


def claim(fast):
    rounds, batch, numbers = 2 if fast else 15, 20 if fast else 200, {}
    for precision in ("float32", "auto"):
        tail = nabi.Sequential([nabi.Input((24, 24, 64)), *nabi.zoo.lecture_cnn().layers[2:]])
        nets = ((nabi.zoo.lecture_cnn(), (28, 28, 1)), (nabi.zoo.mlp(units=(1509,)), (28, 28, 1)), (tail, (24, 24, 64)))
        timed = [steps(model, precision, shape, batch) for model, shape in nets]
        whole, dense, rest = np.median([[seconds() for seconds in timed] for _ in range(rounds + 3)][3:], 0)
        numbers[precision] = {"CNN, ms": 1000 * whole, "dense net, ms": 1000 * dense, "CNN / dense": whole / dense,
                              "convolution %": max(0.0, 1 - rest / whole)}
    shown = {name: {head: row[f"{head}, ms"] for head in ("CNN", "dense net")} for name, row in numbers.items()}
    return numbers, nabi.viz.bars(shown, "A training step of 200 digits", "1.2 million weights each.", unit="ms")


if __name__ == "__main__":
    main(__file__, __doc__, claim)
