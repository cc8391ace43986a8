"""Bad values of every argument of every optimizer: each is refused when the optimizer is made, in one line that names it."""

import pytest
import torch

from nabi import optimizers
from nabi.core.errors import ArgumentError
from nabi.core.pieces import arguments
from nabi.core.registry import names

ALL = sorted({type(optimizers.get(name)).__name__ for name in names("optimizer")})
NAN, INF = float("nan"), float("inf")
SHARE, KEPT = [-0.1, 1.1, NAN, "0.9", None, True], [-0.1, 1, NAN, "0.9", None, [0.9]]
OPTIONAL, COUNT, FLAG = [-1, NAN, INF, "1", True, [1.0]], [0, -1, 1.5, "2", True], ["yes", 2, None, [True]]
BAD = {
    "learning_rate": [-0.1, NAN, INF, "fast", None, True, torch.tensor(-1.0), torch.tensor([0.1, 0.2])],
    "momentum": SHARE, "nesterov": FLAG, "rho": KEPT, "beta_1": KEPT, "beta_2": KEPT, "amsgrad": FLAG, "centered": FLAG,
    "epsilon": [0, -1e-7, NAN, "1e-7", True], "initial_accumulator_value": [-0.1, NAN, "0.1", None],
    "schedule_decay": [-0.1, NAN, "1", None],
    "weight_decay": OPTIONAL, "clipnorm": OPTIONAL, "clipvalue": OPTIONAL, "global_clipnorm": OPTIONAL,
    "loss_scale_factor": OPTIONAL, "decay": OPTIONAL, "use_ema": FLAG, "ema_momentum": SHARE,
    "ema_overwrite_frequency": COUNT, "gradient_accumulation_steps": COUNT, "name": [3, True, ["adam"]],
}  # fmt: skip
OWN = {("Lion", "beta_1"): [0, 1.1, NAN, "0.9", None], ("AdamW", "weight_decay"): [*OPTIONAL, None]}


@pytest.mark.parametrize("name", ALL)
def test_every_argument_is_checked(name):
    kind = getattr(optimizers, name)
    kind()
    for argument in arguments(kind):
        for value in OWN.get((name, argument), BAD[argument]):
            with pytest.raises(ArgumentError) as caught:
                kind(**{argument: value})
            text = str(caught.value)
            assert text.startswith(f"{name}({argument}): expected ") and "\n" not in text, (argument, value, text)


def test_habits_of_torch_and_keras_2_are_told_what_to_do():
    adam = optimizers.Adam()
    for name, remedy in (("step", "apply_gradients"), ("zero_grad", r"self\.zero_grad\(\)"), ("minimize", "fit"),
                         ("param_groups", "rate_factor")):
        with pytest.raises(AttributeError, match=f"^Adam has no attribute '{name}'. .*{remedy}"):
            getattr(adam, name)
        assert not hasattr(adam, name)
    with pytest.raises(AttributeError, match="no attribute 'anything'$"):
        adam.anything()


def test_a_property_of_ones_own_tells_its_own_error():
    class Mine(optimizers.SGD):
        step = 3  # whoever has the name has it

        @property
        def share(self):
            return self.calls.nothing_of_the_kind

    with pytest.raises(AttributeError, match="^'int' object has no attribute 'nothing_of_the_kind'$"):
        _ = Mine().share
    mine = Mine()
    mine.minimize = 4
    assert (mine.step, mine.minimize) == (3, 4)


def test_lr_is_checked_as_learning_rate():
    with pytest.raises(ArgumentError, match=r"^Adam\(learning_rate\): expected a number .*, got 'x'"):
        optimizers.Adam(lr="x")
