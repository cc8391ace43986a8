"""Random sequences: how the arguments of recurrent layers and of what belongs to them are drawn; see `random_layers`."""

import math

import numpy as np
from random_pieces import SMOOTH, Array, Dice, Made, about, activation, flag, regularizer
from random_shapes import CATEGORIES


def embedding(dice, shape):
    n, d = CATEGORIES, dice.randint(2, 3)
    args: dict = {"input_dim": n, "output_dim": d, **about(dice, "embeddings", (n, d), 0.3),
                  **dice.some(0.5, mask_zero=lambda: True)}
    if dice.chance(0.3):
        args["weights"] = [numbers(dice, (n, d))]
    return args


def masking(dice, shape):
    return dice.some(0.5, mask_value=lambda: dice.choice([-1.0, 2.0, 3.0]))


CELLS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
BENT = (*SMOOTH, "relu", "softsign", "hard_sigmoid")


def cell(name: str):
    """Arguments that a cell shares with its layer."""
    def draw(dice, shape):
        units, gates = dice.randint(1, 3), CELLS[name]
        bias = (1,) if name != "GRU" else (2, gates * units)
        args = {"units": units, **dice.some(0.3, activation=lambda: activation(dice, BENT), use_bias=flag(dice)),
                **about(dice, "kernel", (shape[-1], gates * units), 0.15), **about(dice, "bias", bias, 0.15),
                **about(dice, "recurrent", (units, gates * units), 0.15), **dice.some(0.15, seed=lambda: dice.randint(0, 99))}
        if name != "SimpleRNN":
            args |= dice.some(0.3, recurrent_activation=lambda: activation(dice, ("sigmoid", "hard_sigmoid", "tanh")))
        if name == "LSTM":
            args |= dice.some(0.3, unit_forget_bias=flag(dice))
        if name == "GRU":
            args |= dice.some(0.4, reset_after=flag(dice))
            if not args.get("reset_after", True):  # one bias instead of two
                args = {k: v for k, v in args.items() if k[:5] != "bias_"}
        if dice.inference:
            args |= dice.some(0.6, dropout=lambda: dice.number(0.1, 0.5), recurrent_dropout=lambda: dice.number(0.1, 0.5))
        return args
    return draw


def loop(dice: Dice) -> dict:
    """Arguments of every recurrent layer."""
    return dice.some(0.3, return_sequences=lambda: True, go_backwards=lambda: True, unroll=lambda: True,
                     zero_output_for_mask=lambda: True)


def recurrent(name: str):
    def draw(dice, shape):
        return {**cell(name)(dice, shape), **loop(dice), **dice.some(0.1, activity_regularizer=lambda: regularizer(dice)),
                **({} if name == "SimpleRNN" else dice.some(0.2, use_cudnn=lambda: dice.choice(["auto", False])))}
    return draw


def rnn(dice, shape):
    name = dice.choice(list(CELLS))
    return {"cell": Made("layers", f"{name}Cell", cell(name)(dice, shape)), **loop(dice)}


def bidirectional(dice, shape):
    name = dice.choice([*CELLS, "RNN"])
    forward = recurrent(name)(dice, shape) if name != "RNN" else rnn(dice, shape)
    forward.pop("stateful", None)
    args: dict = {"layer": Made("layers", name, forward)}
    args |= dice.some(0.6, merge_mode=lambda: dice.choice(["concat", "sum", "mul", "ave", None]))
    if name != "RNN" and dice.chance(0.3):
        other = dice.choice(list(CELLS))
        back = {**recurrent(other)(dice, shape), "units": forward["units"],
                "go_backwards": not forward.get("go_backwards", False),
                "return_sequences": forward.get("return_sequences", False)}
        return {**args, "backward_layer": Made("layers", other, back)}
    forward.pop("go_backwards", None)  # both libraries want layers of opposite directions
    if name == "SimpleRNN" and forward.get("use_bias", True) and dice.chance(0.5):
        u = forward["units"]
        shapes = [(shape[-1], u), (u, u), (u,)] * 2
        args["weights"] = [numbers(dice, s) for s in shapes]
    return args


def numbers(dice: Dice, shape: tuple) -> Array:
    return Array(np.reshape([dice.number(-1, 1) for _ in range(math.prod(shape))], shape).tolist())
