"""Names: what layers are called when nobody names them (conv2d, conv2d_1, ...), and names that a user's classes may claim."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from inspect import isfunction
from typing import Any

from nabi.core.claimed import claim, is_users, within_nabi
from nabi.core.errors import ArgumentError

_numbers: dict[str, int] = defaultdict(int)


@dataclass
class Counting:
    """How names are made where nobody gives one.

    Attributes:
        first: number of the first of a kind: 0, which is not written (dense, dense_1), or 1 (dense_1, dense_2).
        words: kinds that are called otherwise, {"input_layer": "input"}.
        after_layer: whether a chain's input is called after its first layer, dense_1_input.
    """

    first: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    after_layer: bool = False


_rules = [Counting()]  # the last one holds

# Keras' names of layers and models: an object's own value would change what Keras does, or Keras refuses it
HOOKS = frozenset("""
    build call compile_from_config compute_loss compute_mask compute_metrics compute_output_shape from_config get_config
    predict_step test_step train_step""".split())
KERAS = HOOKS | frozenset("""
    activity_regularizer add add_loss add_metric add_weight built compile compiled count_params dtype evaluate fit
    get_compile_config get_layer get_metrics_result get_weights history input layers load_weights loss losses metrics
    metrics_names name non_trainable_variables non_trainable_weights optimizer output pop predict predict_on_batch
    reset_metrics reset_states save save_weights set_weights stop_training summary supports_masking test_on_batch
    to_json train_on_batch trainable trainable_variables trainable_weights variables weights zero_grad""".split())
# nabi's words to classes of one's own: what a class may define, in nabi's meaning
DECLARED = frozenset("""
    accumulators augments counts_macs fixed_axes frozen_is_inference get_constants get_initial_state get_initial_states
    hands_masks_on has_modes holds_layers instead macs may_add min_rank preprocess_input random rank reads_mask step
    takes_integers takes_list told_the_mode""".split())
# what objects keep for nabi alone
DATA = frozenset("""
    _graph _inside _left _node _rows _tried _weights added augments built_shape calls chain counters form given graph
    inference input_names input_shape inputs measures metric_directions min_rank names nest nodes opaque output_names
    output_structure outputs own_built own_seed random rank symbols trainer written""".split())


def fresh_name(base: str) -> str:
    """`conv2d`, `conv2d_1`, ...: the class name in small letters and a running number, as Keras counts."""
    rule = _rules[-1]
    base = rule.words.get(base, base)
    number = _numbers[base] + rule.first
    _numbers[base] += 1
    return base if number == 0 else f"{base}_{number}"


def input_name(layer: Any) -> str | None:
    """The name of the input that a chain makes for its first layer; None lets it be counted as others are."""
    return f"{layer.name}_input" if _rules[-1].after_layer else None


@contextmanager
def counted(rule: Counting) -> Iterator[None]:
    """Within the block names are counted by another rule and anew; after it as before.

    Example:
        >>> with counted(Counting(first=1)): [fresh_name("dense"), fresh_name("dense")]
        ['dense_1', 'dense_2']
    """
    numbers = dict(_numbers)
    reset_names()
    _rules.append(rule)
    try:
        yield
    finally:
        _rules.pop()
        reset_names()
        _numbers.update(numbers)


def reset_names() -> None:
    """Starts the running numbers of layer names anew (Keras' `clear_session`)."""
    _numbers.clear()


@cache
def members(base: type) -> tuple[frozenset[str], frozenset[str]]:
    """nabi's methods, and its properties that cannot be set, in a class of nabi's."""
    found = {name: getattr(base, name) for name in dir(base) if not name.startswith("_")}
    fixed = frozenset(name for name, member in found.items() if isinstance(member, property) and member.fset is None)
    return frozenset(name for name, member in found.items() if isfunction(member)), fixed


def of_nabi(kind: type) -> type:
    """The class of nabi's that a user's class derives from."""
    return next(base for base in kind.__mro__ if not is_users(base))


@cache
def taken(kind: type) -> frozenset[str]:
    """Names that an object of a user's class must not set: Keras' properties, and methods that a class overrides."""
    if not is_users(kind):
        return frozenset()
    methods, fixed = members(of_nabi(kind))
    return frozenset((methods & HOOKS) | (fixed & KERAS))


@cache
def claimable(kind: type) -> frozenset[str]:
    """Names that are nabi's in its own code, and the user's in an object of a class of his."""
    if not is_users(kind):
        return frozenset()
    methods, fixed = members(of_nabi(kind))
    return frozenset((DATA | (methods - HOOKS) | fixed) - taken(kind))


def claims(thing: Any, name: str, value: Any) -> bool:
    """Whether it is the user who sets this name of nabi's: then it is set, and nabi keeps what it means by it."""
    if within_nabi(sys._getframe(1)):
        return False
    claim(type(thing), name)
    setattr(thing, f"claimed_{name}", value)
    return True


def claim_members(kind: type) -> None:
    """What a user's class defines under names of nabi's own is the user's alone."""
    methods, fixed = members(of_nabi(kind))
    internal = (DATA | methods | fixed) - DECLARED - KERAS
    for name in sorted(internal & set(vars(kind))):
        claim(kind, name)


def clash(who: Any, name: str, instead: str) -> ArgumentError:
    """The error for a name that is taken."""
    return ArgumentError(f"{type(who).__name__}.{name}", "an attribute of your own", f"'{name}', which all layers have",
                         f"Give it another name: {instead}.")
