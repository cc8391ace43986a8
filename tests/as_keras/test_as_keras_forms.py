"""How tensors stand among a call's arguments comes back: in clones, configurations and files. Numbers: Keras 3.15 on torch."""

from typing import Any

import numpy as np
import pytest

X = [np.ones((2, 3), "float32"), np.full((2, 3), 5, "float32")]
FORMS = {  # form: (call, what it gives)
    "a list": (lambda kinds, a, b: kinds["Pick"]()([a, b]), 7.0),
    "one by one": (lambda kinds, a, b: kinds["Two"]()(a, b), 7.0),
    "one by one, not a list": (lambda kinds, a, b: kinds["Pick"]()(a, b), 500.0),
    "by name": (lambda kinds, a, b: kinds["Two"]()(a, b=b), 7.0),
    "by name, turned": (lambda kinds, a, b: kinds["Two"]()(b=a, a=b), 11.0),
    "a list beside a tensor": (lambda kinds, a, b: kinds["Three"]()([a, b], b), 35.0),
    "a number": (lambda kinds, a, b: kinds["Two"]()(a, scale=3.0), 6.0),
}


@pytest.fixture
def kinds(served):
    import keras

    @keras.saving.register_keras_serializable("forms")
    class Pick(keras.layers.Layer):
        def call(self, inputs, weight=None):
            y = inputs[0] * 2 + inputs[1] if isinstance(inputs, (list, tuple)) else inputs * 100
            return y if weight is None else y * weight

    @keras.saving.register_keras_serializable("forms")
    class Two(keras.layers.Layer):
        def call(self, a, b=None, scale=1.0, training=None):
            return 2 * a * scale if b is None else 2 * a + b

    @keras.saving.register_keras_serializable("forms")
    class Three(keras.layers.Layer):
        def call(self, inputs, z):
            a, b = inputs
            return (a * 2 + b) * z

    return {"Pick": Pick, "Two": Two, "Three": Three}


@pytest.mark.parametrize("form", FORMS)
def test_a_call_comes_back_in_its_form(kinds, form, tmp_path):
    import keras

    call, wanted = FORMS[form]
    a, b = keras.Input((3,)), keras.Input((3,))
    model: Any = keras.Model([a, b], call(kinds, a, b))

    def loaded(ending) -> Any:
        model.save(tmp_path / f"m.{ending}")
        return keras.models.load_model(tmp_path / f"m.{ending}")

    twin: Any
    for twin in (model, keras.models.clone_model(model), keras.Model.from_config(model.get_config()), loaded("keras"),
                 loaded("h5"), loaded("safetensors")):
        assert np.unique(twin.predict(X, verbose=0)).tolist() == [wanted]


def test_masks_computed_by_functions_in_files_of_keras(tmp_path):
    """`LSTM(3)(x, mask=ops.not_equal(tokens, 0))` where no layer makes masks: read as given; those handed on add no layers."""
    import keras

    import nabi

    keras.utils.set_random_seed(0)
    tokens, data = keras.Input((5,), dtype="int32"), np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 1]])
    for name, zero in (("given", False), ("handed", True)):
        vectors = keras.layers.Embedding(7, 4, mask_zero=zero)(tokens)
        options = {} if zero else {"mask": keras.ops.not_equal(tokens, 0)}
        steps = keras.layers.GRU(3, return_sequences=True)(vectors, **options)
        model: Any = keras.Model(tokens, keras.layers.LSTM(3)(steps))
        model.save(tmp_path / f"{name}.keras")
        ours: Any = nabi.load_model(tmp_path / f"{name}.keras")
        np.testing.assert_allclose(ours.predict(data, verbose=0), model.predict(data, verbose=0), atol=1e-6)
        assert (len(ours.layers) > 4) != zero
