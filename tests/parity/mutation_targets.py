"""Mutation targets: which functions hold the formulas of each layer, optimizer, loss, ..., and what is no mutation at all.

Layers: the methods named in `METHODS` of the class and of its bases in nabi.layers; further functions in `BESIDES`.
"""

import inspect

from mutations import Mutation, drawn
from random_coverage import NOT_A_LAYER_HERE
from random_layers import KINDS
from random_training import LOSSES, OPTIMIZERS, SCHEDULES

import nabi
from nabi.core.registry import TABLE, names

METHODS = ("call", "linear", "pool", "step", "project", "recur", "loop", "cuts", "mask_shape", "origins", "distances", "draws",
           "moments", "slide", "padded", "pads", "desired", "place", "numbers", "formula", "mu", "first_bias")
CALLED = ("regularizers", "constraints", "schedules")  # packages whose formulas are `__call__`
BASES = {"Layer", "Weighted", "Piece", "Adding", "Loss", "Optimizer", "Schedule", "Initializer", "Regularizer", "Constraint"}
BESIDES = {
    "Conv2DTranspose": ["nabi.layers.transposed:cut"], "Conv1DTranspose": ["nabi.layers.transposed:cut"],
    "Dot": ["nabi.layers.unit_normalization:of_length_1"], "UnitNormalization": ["nabi.layers.unit_normalization:of_length_1"],
    "UpSampling2D": ["nabi.layers.upsampling:repeated"], "RMSprop": [
        f"nabi.optimizers.rmsprop:{name}" for name in ("with_momentum", "centered", "centered_with_momentum")],
    "Resizing": ["nabi.layers.resizing:framed", "nabi.layers.crop:middle"],
}
IN_TESTS = {  # what Keras has not, or what is random in training: the tests that hold its formula
    "L2Pooling2D": "tests/layers/test_layers_loops.py", "LocalResponseNormalization": "tests/layers/test_layers_norms.py",
    "LocallyConnected2D": "tests/layers/test_layers_convolutions.py", "RandomFlip": "tests/layers/test_layers_flip.py",
    "RandomTranslation": "tests/layers/test_layers_translation.py", "RandomCrop": "tests/layers/test_layers_crop.py",
    "RandomRotation": "tests/layers/test_layers_affine.py", "RandomZoom": "tests/layers/test_layers_affine.py",
    "RandomContrast": "tests/layers/test_layers_lighting.py", "RandomBrightness": "tests/layers/test_layers_lighting.py",
    "GaussianNoise": "tests/layers/test_layers_noise.py", "GaussianDropout": "tests/layers/test_layers_noise.py",
    "Dropout": "tests/layers/test_layers_noise.py", "SpatialDropout1D": "tests/layers/test_layers_noise.py",
    "SpatialDropout2D": "tests/layers/test_layers_noise.py", "OneCycle": "tests/schedules", "StepDecay": "tests/schedules",
    "step": "tests/activations",
}
ALONE = {"UpSampling1D": ["nabi.layers.upsampling:repeated"]}  # instead of its methods, which read an option that it has not
NO_MUTATION: dict[str, str] = {  # lines that compute the same as what they stand for, and why
}


def formulas(cls: type) -> list[str]:
    """The functions of a class, and of its bases, that compute."""
    if cls.__name__ in ALONE:
        return ALONE[cls.__name__]
    found = []
    for base in cls.__mro__:
        if base.__module__.startswith("nabi.") and base.__name__ not in BASES:
            called = base.__module__.split(".")[1] in CALLED
            methods = [*METHODS, *["__call__"] * called]
            found += [f"{base.__module__}:{base.__qualname__}.{name}" for name in methods if name in vars(base)]
    return found + BESIDES.get(cls.__name__, [])


def all_of_them() -> list[Mutation]:
    """One for each class, in order of their kinds."""
    layers = {*KINDS, *NOT_A_LAYER_HERE} - {"Layer", "InputLayer", "Functional", "Sequential", "Model"}
    found = [one(name, formulas(getattr(nabi.layers, name))) for name in sorted(layers)]
    found += [one(name, formulas(getattr(nabi.optimizers, name))) for name in OPTIMIZERS]
    found += [one(name, formulas(getattr(nabi.optimizers.schedules, name))) for name in (*SCHEDULES, "OneCycle", "StepDecay")]
    found += [one(f"optimizer {name}", [f"nabi.optimizers.{path}"]) for name, path in (
        ("clipnorm", "clip:clip_norm"), ("global_clipnorm", "clip:clip_global_norm"), ("clipvalue", "clip:clip_value"),
        ("use_ema", "optimizer:Optimizer._average"), ("gradient_accumulation_steps", "optimizer:Optimizer._gather"),
        ("weight_decay", "optimizer:Optimizer._step"))]
    found += [one(name, formulas_of_loss(getattr(nabi.losses, name))) for name in LOSSES]
    for kind in ("regularizer", "constraint"):
        found += [one(cls.__name__, formulas(cls)) for cls in classes(kind)]
    found += [one(f"activation {f.__name__}", [f"{f.__module__}:{f.__name__}"]) for f in
              sorted({TABLE["activation"][n] for n in names("activation")}, key=lambda f: f.__name__)]
    return found


def classes(kind: str) -> list[type]:
    """The registered classes of a kind."""
    return sorted({TABLE[kind][name] for name in names(kind) if inspect.isclass(TABLE[kind][name])}, key=lambda cls: cls.__name__)


def one(target: str, functions: list[str]) -> Mutation:
    return drawn(target, functions, NO_MUTATION, IN_TESTS.get(target.split()[-1], ""))


def formulas_of_loss(cls: type) -> list[str]:
    """The function beside a loss's class, which it calls."""
    module = inspect.getmodule(cls)
    name = next(name for name in TABLE["loss"] if TABLE["loss"][name] is cls and hasattr(module, name) and name.islower())
    return [f"{cls.__module__}:{name}"]
