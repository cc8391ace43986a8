"""clone_model, model_from_json, compile settings as data: against Keras; which of Keras' model methods nabi has not, and why."""

import json
from typing import Any

import numpy as np
import pytest

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, FileError, UnknownName
from nabi.models import clone_model, model_from_json

MODULE = "it is of torch.nn.Module, which Keras' layers on torch are and nabi's are not"
MISSING = {  # public names of keras.Model and keras.Sequential that nabi's models do not have, by reason
    MODULE: ["T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "cpu", "cuda",
             "double", "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer", "get_extra_state", "get_parameter",
             "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
             "named_modules", "named_parameters", "parameters", "register_backward_hook", "register_buffer",
             "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
             "register_full_backward_pre_hook", "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
             "register_module", "register_parameter", "register_state_dict_post_hook", "register_state_dict_pre_hook",
             "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "torch_params",
             "train", "type", "xpu"],
    "it compiles steps for TensorFlow and JAX; nabi's step is one tape": [
        "jit_compile", "make_predict_function", "make_test_function", "make_train_function", "run_eagerly", "stateless_call",
        "stateless_compute_loss", "get_state_tree", "set_state_tree", "rematerialized_call", "metrics_variables"],
    "it quantises; a workflow of its own, not of a model's": [
        "get_quantization_layer_structure", "quantization_mode", "quantize", "quantized_build", "quantized_call"],
    "it is for those who write Keras' own layers and files; config and weights are enough here": [
        "add_variable", "build_from_config", "compute_output_spec", "get_build_config", "input_spec", "load_own_variables",
        "path", "save_own_variables", "symbolic_call"],
    "precision is chosen by compile(precision=...)": ["compute_dtype", "dtype", "dtype_policy", "input_dtype", "variable_dtype"],
    "files of other programs come with their own issue": ["export"],
}


def test_methods_of_keras_that_are_missing():
    import keras

    for theirs, ours in ((keras.Model, nabi.Model), (keras.Sequential, nabi.Sequential)):
        missing = {name for name in set(dir(theirs)) - set(dir(ours)) if name[0] != "_"}
        assert missing == {name for names in MISSING.values() for name in names}


def network(k):
    """A shared layer, a nested model, two inputs and two outputs, in nabi and in Keras."""
    inner = k.Sequential([k.Input((3,)), k.layers.Dense(4, activation="relu", name="inner")], name="nested")
    left, right, shared = k.Input((5,), name="left"), k.Input((5,), name="right"), k.layers.Dense(3, name="shared")
    x = inner(k.layers.Add(name="sum")([shared(left), shared(right)]))
    return k.Model([left, right], [k.layers.Dense(2, name="a")(x), k.layers.Dense(1, name="b", use_bias=False)(x)], name="net")


def bent(k):
    def function(layer):
        if isinstance(layer, k.layers.Dense):
            return k.layers.Dense(layer.units, activation="tanh", use_bias=layer.use_bias, name=layer.name)
        return type(layer).from_config(layer.get_config())
    return function


@pytest.mark.parametrize("options", [{}, {"clone": True}, {"clone": True, "recursive": True}], ids=str)
def test_clones_are_keras(keras64, options):
    """The same layers by name, the same weights in the same order, the same function of them."""
    made = []
    for k in (nabi, keras64):
        given = {"clone_function": bent(k), "recursive": options.get("recursive", False)} if options else {}
        model = network(k)
        twin = k.models.clone_model(model, **given)
        made.append((model, twin))
    (ours, twin), (theirs, their_twin) = made
    assert [layer.name for layer in twin.layers] == [layer.name for layer in their_twin.layers] and twin.name == "net"
    assert not {id(layer) for layer in twin.layers} & {id(layer) for layer in ours.layers}
    assert [w.shape for w in twin.get_weights()] == [w.shape for w in their_twin.get_weights()]
    assert not np.array_equal(twin.get_weights()[0], ours.get_weights()[0]) and twin.output_names == ours.output_names
    rng = np.random.default_rng(0)
    twin.set_weights(their_twin.get_weights())
    x = [rng.normal(size=(4, 5)) for _ in range(2)]
    for a, b in zip(twin(x), their_twin(x), strict=True):
        np.testing.assert_allclose(a.detach(), b.detach(), atol=1e-6)


def test_a_chain_and_inputs_of_ones_own():
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(3), L.Lambda(lambda t: 2 * t, name="twice"), L.Dropout(0.5)], name="chain")
    twin = clone_model(model)
    assert type(twin) is nabi.Sequential and twin.name == "chain" and twin.layers[1].name == "twice" and not twin.compiled
    x = nabi.Input((4,), name="mine")
    assert clone_model(model, x).input_names == ["mine"] == clone_model(nabi.Model(model.inputs, model.outputs), [x]).input_names
    late = clone_model(nabi.Sequential([L.Dense(3)]))
    assert not late.built and late(np.ones((2, 5), "float32")).shape == (2, 3)
    frozen = nabi.Sequential([nabi.Input((4,)), L.Dense(3, trainable=False)])
    assert clone_model(frozen).trainable_weights == []


def test_compile_settings_as_data():
    model, other = [nabi.Sequential([nabi.Input((4,)), L.Dense(3)]) for _ in range(2)]
    optimizer: Any = nabi.optimizers.Adam(0.02, clipnorm=1.0)
    assert model.get_compile_config() is None and not model.compiled
    model.compile(optimizer, nabi.losses.Huber(2.0), metrics=["mae"])
    config: Any = model.get_compile_config()
    other.compile_from_config(json.loads(json.dumps(config)))
    assert other.compiled and other.get_compile_config() == config and config["optimizer"]["config"]["learning_rate"] == 0.02


def test_json_and_back():
    class Scale(L.Layer):
        def call(self, x):
            return 3 * x

    model = network(nabi)
    twin = model_from_json(model.to_json())
    twin.set_weights(model.get_weights())
    x = [np.ones((2, 5), "float32")] * 2
    assert twin.to_json() == model.to_json() and all(a.equal(b) for a, b in zip(model(x), twin(x), strict=True))
    nabi.core.registry.TABLE["layer"]["Scale"] = Scale
    try:
        text = nabi.Sequential([nabi.Input((2,)), Scale()]).to_json()
    finally:
        del nabi.core.registry.TABLE["layer"]["Scale"]
    with pytest.raises(UnknownName, match="layer 'Scale'"):
        model_from_json(text)
    assert model_from_json(text, custom_objects={"Scale": Scale})(np.ones((1, 2), "float32")).tolist() == [[3.0, 3.0]]


def test_what_is_refused():
    class Written(nabi.Model):
        def call(self, x):
            return x

    model: Any = network(nabi)
    clone: Any = clone_model
    loads: Any = model_from_json
    for call, error, said in (
        (lambda: clone(Written()), ArgumentError, "clone_model(model): expected a Sequential or a model of inputs"),
        (lambda: clone(3), ArgumentError, "clone_model(model): expected"),
        (lambda: clone(model, 3), ArgumentError, "clone_model(input_tensors): expected 2 of what Input gives, got 3"),
        (lambda: clone(model, clone_function=3), ArgumentError, "clone_model(clone_function): expected a function"),
        (lambda: clone(model, clone_function=lambda layer: 3), ArgumentError, "a layer in the place of Dense 'shared', got 3"),
        (lambda: clone(model, recursive="yes"), ArgumentError, "clone_model(recursive): expected True or False"),
        (lambda: clone(model, call_function=3), ArgumentError, "clone_model(call_function): expected a function of a layer"),
        (lambda: loads("{"), FileError, "expected the text that to_json gave, got '{'"),
        (lambda: loads(3), FileError, "expected the text that to_json gave, got 3"),
        (lambda: loads('{"class_name": "Dense", "config": {"units": 3}}'), FileError, "expected a model, got Dense"),
        (lambda: loads('{"class_name": "Functional", "config": {}}'), FileError, "expected a model as nabi writes it"),
        (lambda: loads('{"class_name": "Dense", "config": 3}'), FileError, "expected a model as nabi writes it"),
        (lambda: model.get_layer("a", 1), ArgumentError, "expected one of them, got 'a' and 1"),
    ):
        with pytest.raises(error) as caught:
            call()
        assert said in str(caught.value)


@pytest.mark.parametrize("word, given", [
    ("batch_input_shape", (None, 9, 9, 4)), ("batch_shape", (None, 9, 9, 4)), ("shape", (9, 9, 4))])
def test_a_configuration_with_another_shape_of_its_input(word, given):
    x = L.Input((8, 8, 3))
    config: Any = nabi.Model(x, L.Conv2D(2, 3)(x)).get_config()
    config["layers"][0]["config"][word] = given
    model = nabi.Model.from_config(config)
    assert model.input_shape == (None, 9, 9, 4) and model.layers[1].kernel.shape == (3, 3, 4, 2)
