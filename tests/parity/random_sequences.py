"""Random sequences: how the arguments of recurrent layers and of what belongs to them are drawn; see `random_layers`."""

from random_pieces import CATEGORIES, SMOOTH, Array, Dice, Made, about, activation, regularizer


def embedding(dice, shape):
    n, d = CATEGORIES, dice.randint(2, 3)
    args: dict = {"input_dim": n, "output_dim": d, **about(dice, "embeddings", (n, d), 0.3),
                  **dice.some(0.5, mask_zero=True)}
    if dice.chance(0.3):
        args["weights"] = [Array([[dice.number(-1, 1) for _ in range(d)] for _ in range(n)])]
    return args


def masking(dice, shape):
    return dice.some(0.5, mask_value=lambda: dice.choice([-1.0, 2.0, 3.0]))


CELLS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
BENT = (*SMOOTH, "relu", "softsign", "hard_sigmoid")


def cell(name: str):
    """Arguments that a cell shares with its layer."""
    def draw(dice, shape):
        units, gates = dice.randint(1, 3), CELLS[name]
        args: dict = {"units": units, **dice.some(0.3, activation=lambda: activation(dice, BENT), use_bias=False),
                      **dice.some(0.15, seed=lambda: dice.randint(0, 99))}
        if name == "GRU":
            args |= dice.some(0.4, reset_after=False)
        if name == "LSTM":
            args |= dice.some(0.3, unit_forget_bias=False)
        if name != "SimpleRNN":
            args |= dice.some(0.3, recurrent_activation=lambda: activation(dice, ("sigmoid", "hard_sigmoid", "tanh")))
        if dice.inference:
            args |= dice.some(0.8, dropout=dice.between(0.1, 0.5), recurrent_dropout=dice.between(0.1, 0.5))
        two = name == "GRU" and args.get("reset_after", True)  # a bias for x, another for h
        shapes = {"kernel": (shape[-1], gates * units), "recurrent": (units, gates * units),
                  "bias": (2, gates * units) if two else (gates * units,)}
        return {key: value for stem, size in shapes.items() for key, value in about(dice, stem, size, 0.15).items()} | args
    return draw


def loop(dice: Dice) -> dict:
    """Arguments of every recurrent layer."""
    return dice.some(0.3, return_sequences=True, go_backwards=True, unroll=True, zero_output_for_mask=True)


def recurrent(name: str):
    def draw(dice, shape):
        more = {} if name == "SimpleRNN" else dice.some(0.15, activity_regularizer=lambda: regularizer(dice), use_cudnn=False)
        return {**cell(name)(dice, shape), **loop(dice), **more}
    return draw


def rnn(dice, shape):
    name = dice.choice(list(CELLS))
    return {"cell": Made("layers", f"{name}Cell", cell(name)(dice, shape)), **loop(dice)}


def bidirectional(dice, shape):
    """Not unrolled: what runs backwards is not, see `random_layers.DEPARTURES`."""
    name = dice.choice([*CELLS, "RNN"])
    forward = rnn(dice, shape) if name == "RNN" else recurrent(name)(dice, shape)
    forward.pop("unroll", None)
    args = {"layer": Made("layers", name, forward), **dice.some(0.6, merge_mode=lambda: dice.next(["sum", "mul", "ave", None]))}
    if name != "RNN" and dice.chance(0.4):
        other = dice.choice(list(CELLS))
        back = {**recurrent(other)(dice, shape), "units": forward["units"], "unroll": False,
                "go_backwards": not forward.get("go_backwards", False),
                "return_sequences": forward.get("return_sequences", False)}
        return {**args, "backward_layer": Made("layers", other, back)}
    forward.pop("go_backwards", None)  # both libraries want layers of opposite directions
    return args
