"""Head: rescaling, normalising, flips and moves of pictures as one op on bytes, equal to the layers to the bit."""


from dataclasses import replace

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.kernels import jit

pytestmark = pytest.mark.usefixtures("fused_kernels")
RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (12, 9, 7, 3)).astype("uint8")
Y = RNG.integers(0, 3, 12)
PARTS = {
    "rescale": lambda: layers.Rescaling(1 / 255, offset=[0.1, -0.2, 0.3]),
    "normalize": lambda: adapted(),
    "flip": lambda: layers.RandomFlip(),
    "move": lambda: layers.RandomTranslation(0.4, (-0.2, 0.5), "constant", "nearest", fill_value=0.7),
}
ORDERS = [("rescale",), ("move",), ("rescale", "flip", "move"), ("move", "normalize", "flip"),
          ("flip", "move", "rescale", "normalize")]


def adapted():
    layer = layers.Normalization()
    layer.adapt(BYTES)
    return layer


def network(parts, behind=(layers.MaxPooling2D, 2)):
    """A head, a layer behind it (none that adds up in another order when it is fused), a classifier."""
    return Sequential([Input((9, 7, 3)), *parts, behind[0](*behind[1:]), layers.Flatten(), layers.Dense(3, activation="softmax")])


def twins(recipe, precision="float32"):
    """The same network twice, fused and unfused, with the same weights and seed."""
    made = []
    for eager in (False, True):
        nabi.utils.set_random_seed(1)
        model = recipe()
        model.counters.drawn = 5
        model.compile(nabi.optimizers.SGD(0.1), "sparse_categorical_crossentropy", run_eagerly=eager, precision=precision)
        made.append(model)
    return made


def heads_output(model, x):
    """What the first op of a training step makes of x; the counters move as in a step."""
    seen = []
    trainer = model.trainer
    trainer.ready()
    ops, kept = trainer.steps_plan.ops, trainer.steps_plan.ops[0].run
    ops[0].run = lambda tensors, p: seen.append((tensors[0].dtype, kept(tensors, p))) or seen[-1][1]
    model.train_on_batch(x, Y)
    ops[0].run = kept
    return seen[0]


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_fused_is_unfused_to_the_bit(order, dtype):
    x = BYTES if dtype == "uint8" else RNG.normal(100, 60, BYTES.shape).astype("float32")
    fused, plain = twins(lambda: network([PARTS[part]() for part in order]))
    assert fused.plan().ops[0].kind == " + ".join(op.kind for op in plain.plan().ops[:len(order)])
    for _ in range(3):
        assert fused.train_on_batch(x, Y) == pytest.approx(plain.train_on_batch(x, Y), rel=1e-6)  # the tape's sum is float64
    assert fused.counters.state() == plain.counters.state()
    assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))
    assert fused.evaluate(x, Y, verbose=0) == plain.evaluate(x, Y, verbose=0)


def test_bytes_arrive_as_bytes_and_leave_in_the_convolutions_dtype():
    def recipe():
        return network([PARTS["rescale"](), PARTS["flip"](), PARTS["move"]()], (layers.Conv2D, 4, 3))

    (fused, _), (low, _) = (twins(recipe, precision) for precision in ("float32", "bfloat16"))
    came, made = heads_output(fused, BYTES)
    assert came is torch.uint8 and made.dtype is torch.float32
    came, rounded = heads_output(low, BYTES)
    assert came is torch.uint8 and torch.equal(rounded, made.to(torch.bfloat16))
    assert "Rescaling + RandomFlip + RandomTranslation" in str(fused.plan())


def test_one_thread_or_two_give_the_same_bits():
    threads, made = torch.get_num_threads(), []
    x = np.tile(BYTES, (60, 1, 1, 1))
    for number in (1, 2):
        torch.set_num_threads(number)
        key = nabi.core.random.Key(1, 2, 3)
        t = torch.from_numpy(x)
        rows, columns = PARTS["move"]().origins(t, key)
        made.append(nabi.kernels.pictures(t, rows, columns, torch.randn(256, 3, generator=torch.Generator().manual_seed(0))))
    torch.set_num_threads(threads)
    assert made[0].numel() > 2 * jit.GRAIN and torch.equal(*made)


def test_what_does_not_fit_stays_as_it_is():
    """Layers with more to them, read twice, used twice, of one's own, or by halves of pixels: no head, or a shorter one."""

    class Mine(layers.Rescaling):
        pass

    def twice():
        x = Input((9, 7, 3))
        a, b = layers.Rescaling(0.5)(x), layers.RandomFlip()(x)
        return Model(x, layers.Dense(3, activation="softmax")(layers.Flatten()(layers.Add()([a, b]))))

    def shared():
        flip, a, b = layers.RandomFlip(), Input((9, 7, 3)), Input((9, 7, 3))
        move = layers.RandomTranslation(0.1, 0.1, interpolation="nearest")
        both = layers.Concatenate()([*map(layers.Flatten(), (move(flip(a)), flip(b)))])
        return Model([a, b], layers.Dense(3, activation="softmax")(both))

    def whole(layer):
        return lambda: network([layer, layers.RandomFlip()])

    for recipe, kinds in [
        (twice, ["Rescaling", "RandomFlip"]), (shared, ["RandomFlip", "RandomFlip", "RandomTranslation"]),
        (whole(Mine(0.5)), ["Mine", "RandomFlip"]),
        (whole(layers.RandomTranslation(0.1, 0.1)), ["RandomTranslation", "RandomFlip"]),
        (whole(layers.Rescaling(np.ones((9, 7, 3)).tolist())), ["Rescaling", "RandomFlip"]),
        (whole(layers.Normalization(axis=(1, 3))), ["Normalization", "RandomFlip"]),
    ]:
        fused, plain = twins(recipe)
        x = BYTES if len(fused.inputs) == 1 else [BYTES, BYTES[::-1].copy()]
        listed = [op.kind for op in fused.plan().ops]
        assert sorted(listed[:len(kinds)]) == sorted(kinds) or set(kinds) <= set(listed)
        assert fused.plan().raw == set()
        losses = [model.train_on_batch(x, Y) for model in (fused, plain) for _ in range(2)]
        assert losses[:2] == pytest.approx(losses[2:], rel=1e-6)


def test_two_inputs_one_of_pictures():
    def recipe():
        a, b = Input((9, 7, 3)), Input((3,))
        h = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3)(layers.RandomFlip()(layers.Rescaling(1 / 255)(a))))
        return Model([b, a], layers.Dense(3, activation="softmax")(layers.Add()([h, b])))

    fused, plain = twins(recipe)
    assert fused.plan().raw == {1}
    x = [BYTES[:, 0, 0], BYTES]
    assert fused.train_on_batch(x, Y) == pytest.approx(plain.train_on_batch(x, Y), rel=1e-6)


def test_before_compile_predictions_take_bytes_too():
    model = network([PARTS["rescale"](), PARTS["flip"]()])
    big = np.tile(BYTES, (120, 1, 1, 1))
    wanted = model(torch.from_numpy(big).float()).numpy()
    assert np.array_equal(model.predict(big, batch_size=len(big), verbose=0), wanted)
    assert model.inference.plan.raw == {0}


def test_a_wrong_fill_is_noticed(monkeypatch):
    """Broken on purpose: what comes in at the border before rescaling must be rescaled too."""
    from nabi.training import fusion, head

    parts = ("move", "rescale")
    made = head.head
    monkeypatch.setattr(fusion, "head", lambda members, near: replace(made(members, near), run=made(members[::-1], near).run))
    fused, plain = twins(lambda: network([PARTS[part]() for part in parts]))
    assert fused.train_on_batch(BYTES, Y) != pytest.approx(plain.train_on_batch(BYTES, Y), rel=1e-3)




def test_a_resumed_training_flips_and_moves_on(tmp_path):
    def recipe():
        return network([PARTS["normalize"](), PARTS["flip"](), PARTS["move"]()])

    whole, part = twins(recipe)[0], twins(recipe)[0]
    for _ in range(4):
        whole.train_on_batch(BYTES, Y)
    for _ in range(2):
        part.train_on_batch(BYTES, Y)
    part.save_checkpoint(tmp_path / "two.safetensors")
    again, other = twins(recipe)[0], twins(recipe)[0]
    again.load_checkpoint(tmp_path / "two.safetensors")
    other.set_weights(part.get_weights())
    for model in (again, other):
        for _ in range(2):
            model.train_on_batch(BYTES, Y)
    same, changed = ([np.array_equal(a, b) for a, b in zip(whole.get_weights(), model.get_weights(), strict=True)]
                     for model in (again, other))
    assert all(same) and not all(changed), "without its counters a model draws others"
