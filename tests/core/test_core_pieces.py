"""Named and configured pieces: configuration from the constructor, lookup, the way back, errors."""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, StateError, UnknownName
from nabi.core.pieces import Piece, get, plain, serialize
from nabi.core.registry import TABLE, register


class Base(Piece):
    def __init__(self, name=None, scale=1.0):
        self.name = name
        self.scale = scale


class Child(Base):
    def __init__(self, power=2, **kwargs):
        super().__init__(**kwargs)
        self.power = power


class Narrow(Base):
    def __init__(self, power=2):
        super().__init__("narrow")
        self.power = power


class Silent(Child):
    pass


def test_configuration_is_the_constructor():
    assert Child(3, name="a").get_config() == {"power": 3, "name": "a", "scale": 1.0}
    assert Silent(scale=2.0).get_config() == {"power": 2, "name": None, "scale": 2.0}
    assert Narrow(5).get_config() == {"power": 5}
    assert repr(Child(3, name="a")) == "Child(power=3, name='a')" and repr(Child()) == "Child()"
    assert Piece().get_config() == {}


@pytest.fixture
def registered():
    register("figure", "child")(Child)

    def function():
        return 1

    register("figure")(function)
    yield function
    for name in ("child", "Child", "function"):
        del TABLE["figure"][name]


def test_get_and_serialize(registered, monkeypatch):
    monkeypatch.setattr("nabi.core.registry.HOMES", {"figure": "nabi.core"})
    child = Child(7, scale=3.0)
    for identifier in (child, serialize("figure", child), {"class_name": "child", "config": {"power": 7, "scale": 3.0}}):
        assert get("figure", identifier).get_config() == child.get_config()
    assert get("figure", child) is child and get("figure", "child").power == get("figure", Child).power == 2
    assert get("figure", {"class_name": "Child"}).power == get("figure", {"class_name": "Child", "config": None}).power == 2
    assert get("figure", "function") is registered and serialize("figure", registered) == "function"
    assert get("figure", {"class_name": "function"}) is registered
    with pytest.raises(UnknownName, match="Did you mean 'child'"):
        get("figure", "chld")
    for wrong in (3, {"config": {}}, ["child"]):
        with pytest.raises(ArgumentError, match='expected a name, {"class_name": ..., "config": ...}, a function or an object'):
            get("figure", wrong)
    for stranger in (Narrow(), lambda: 1, 3, type("Child", (Base,), {})()):
        with pytest.raises(ArgumentError, match=r'expected a registered figure.*Put @register\("figure"\)'):
            serialize("figure", stranger)


def test_a_forgotten_attribute_is_named():
    class Forgetful(Piece):
        def __init__(self, power=2):
            self.strength = power

    with pytest.raises(StateError, match="no attribute 'power'. Write self.power = power in the constructor"):
        Forgetful().get_config()


def test_an_unknown_argument_is_refused_with_the_nearest_one():
    with pytest.raises(ArgumentError, match=r"Child\(pover=...\).*Did you mean 'power'"):
        Child.refuse({"pover": 3})


def test_plain_names_what_is_registered(registered):
    assert plain([registered, (np.float32(0.5), {"a": None})]) == ["function", [0.5, {"a": None}]]
    assert plain(Child(3)) == {"class_name": "Child", "config": {"power": 3, "name": None, "scale": 1.0}}
    with pytest.raises(ArgumentError, match="so that a file can name it"):
        plain({"x": [Narrow()]})
