"""The rest of Keras 3's surface: what layers, models, losses and metrics answer to; every number against a formula."""

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3)).astype("float32")


def test_layers_and_models_answer(served):
    import keras
    from keras import layers

    class Scaled(layers.Layer):
        def __init__(self):
            super().__init__()
            self.input_spec = layers.InputSpec(ndim=2)
            self.path = layers.Dense(2)  # a name that Keras has and nabi has not: the layer's own
            self.seen = keras.metrics.Mean()

        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1],), dtype=self.variable_dtype, initializer="ones", name="w")
            super().build(shape)

        def call(self, x):
            return keras.ops.cast(x, self.compute_dtype) * self.w

        def save_own_variables(self, store):
            super().save_own_variables(store)
            store["more"] = np.zeros(2)

    scaled, store = Scaled(), {}
    scaled(X)
    scaled.save_own_variables(store)
    assert set(store) == {"0", "more"} and scaled.metrics == [scaled.seen] and scaled.input_spec.ndim == 2
    assert scaled.get_build_config() == {"input_shape": (None, 3)} and scaled.path(X).shape == (4, 2)
    dense = layers.Dense(2, dtype="mixed_float16")
    assert dense.compute_output_spec(keras.Input((3,))).shape == (None, 2) and dense.dtype_policy.name == "float32"
    assert dense(X).dtype == torch.float32 and layers.Dense(2, dtype=keras.DTypePolicy("bfloat16")).dtype == "float32"
    with pytest.raises(Exception, match="quantize is not part of nabi. Weights are float32"):
        dense.quantize("int8")
    model = keras.Sequential([keras.KerasTensor((None, 3)), dense, layers.BatchNormalization()])
    assert model.metrics_names == [] and model.train_function is None and not model.run_eagerly
    kernel, bias, *others = [torch.as_tensor(w.numpy()) for w in model.trainable_variables]
    before = model.get_weights()
    made, counted = model.stateless_call([2 * kernel, bias, *others], model.non_trainable_variables, X, training=True)
    h = 2 * X @ before[0]
    np.testing.assert_allclose(made.detach(), (h - h.mean(0)) / np.sqrt(h.var(0) + 1e-3), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(counted[0], 0.01 * h.mean(0), rtol=1e-4, atol=1e-6)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    leaves = list(model.parameters())  # torch's own loop over Keras' model
    model(X, training=True).sum().backward()
    with torch.no_grad():
        for leaf in leaves:
            leaf.sub_(0.5 * leaf.grad)
    np.testing.assert_allclose(model.get_weights()[3], -0.5 * len(X) * np.ones(2), rtol=1e-6)


def test_metrics_and_losses_answer(served):
    import keras

    class Total(keras.metrics.Metric):
        def __init__(self, name="total", **base):
            super().__init__(name=name, **base)
            self.sum = self.add_weight(name="sum", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.sum.assign_add(keras.ops.sum(y_true))

        def result(self):
            return self.sum

        def reset_state(self):
            for variable in self.variables:
                variable.assign(0)

    total, mean = Total(), keras.metrics.Mean()
    total.update_state(X, X)
    mean.update_state([1.0, 3.0])
    state = mean.stateless_update_state(mean.variables, [8.0])
    assert mean.stateless_result(state) == 4 and mean.result() == 2 and [float(v) for v in state] == [12, 3]
    assert float(mean.stateless_reset_state()[0]) == 0 and np.isclose(float(total.result()), X.sum())
    total.reset_state()
    assert float(total.result()) == 0 and len(total.variables) == 1 and len(mean.variables) == 2
    assert keras.losses.MeanSquaredError(dtype="float32").dtype == "float32"


def test_objects_there_and_back(served):
    import keras

    class Own(keras.regularizers.Regularizer):
        def __init__(self, a=1.0):
            self.a = a

        def __call__(self, x):
            return self.a * keras.ops.sum(x)

        def get_config(self):
            return {"a": self.a}

    config = {"module": "own", "class_name": "Own", "config": {"a": 3.0}, "registered_name": "package>Own"}
    assert keras.regularizers.deserialize(config, custom_objects={"Own": Own}).a == 3
    with pytest.raises(Exception, match="Own"):
        keras.regularizers.deserialize(config)
    for package, thing in (("layers", keras.layers.Dense(3)), ("optimizers", keras.optimizers.Adam(0.1)),
                           ("initializers", keras.initializers.HeNormal(seed=1)), ("constraints", keras.constraints.NonNeg())):
        written = keras.saving.serialize_keras_object({"a": [thing, (1, None)]})
        again = keras.saving.deserialize_keras_object(written)["a"]
        assert type(again[0]) is type(thing) and again[0].get_config() == thing.get_config() and again[1] == (1, None)
        module = getattr(keras, package)
        assert module.deserialize(module.serialize(thing)).get_config() == thing.get_config()

    class Twice(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    model = keras.Model(inputs := keras.Input((3,)), Twice()(inputs))
    twin = keras.Model.from_config(model.get_config(), custom_objects={"Twice": Twice})
    assert type(twin.layers[1]) is Twice and keras.config.dtype_policy().compute_dtype == "float32"
    settings = keras.utils.Config(rate=0.1)
    settings.freeze()
    with pytest.raises(Exception, match="unfreeze"):
        settings.rate = 1


def test_what_can_be_imported_and_not_used(served):
    import keras
    from keras.callbacks import OrbaxCheckpoint
    from keras.distribution import DataParallel, list_devices, set_distribution
    from keras.layers import JaxLayer
    from keras.quantizers import AbsMaxQuantizer

    set_distribution(DataParallel())
    assert list_devices() == ["cpu:0"] and not isinstance(X, JaxLayer)
    for name in (OrbaxCheckpoint, JaxLayer, AbsMaxQuantizer, keras.Quantizer):
        with pytest.raises(Exception, match=r"not part of nabi\. \w+ "):
            name(1)
    with pytest.raises(Exception, match="JaxLayer is not part of nabi"):

        class Mine(JaxLayer):
            pass


def test_pictures(served, tmp_path):
    import keras

    pictures = np.full((2, 12, 10, 3), 100, "uint8")
    boxes = {"boxes": np.array([[[2, 1, 4, 8]]] * 2), "labels": np.array([[0], [-1]])}
    framed = keras.visualization.draw_bounding_boxes(pictures, boxes, "xywh", color=(255, 0, 0), line_thickness=1)
    assert (framed[0] == (255, 0, 0)).all(-1).sum() == 2 * 4 + 2 * 6 and (framed[1] == 100).all()
    masked = keras.visualization.draw_segmentation_masks(pictures, framed[..., 1] == 0, color_mapping={1: (0, 0, 200)}, alpha=0.5)
    assert (masked[0] == (50, 50, 150)).all(-1).sum() == 20
    keras.visualization.plot_bounding_box_gallery(pictures, "xywh", boxes, rows=1, path=tmp_path / "two.png")
    assert (tmp_path / "two.png").stat().st_size > 500
    x = RNG.uniform(0, 255, (3, 16, 20, 3)).astype("float32")
    for layer in (keras.layers.RandomPerspective((1, 1), 0.3, seed=1),
                  keras.layers.RandomElasticTransform((1, 1), (0.5, 0.5), seed=1)):
        once, again = layer(x, training=True), type(layer).from_config(layer.get_config())(x, training=True)
        assert (once == again).all() and (np.asarray(once) != x).any() and (np.asarray(layer(x, training=False)) == x).all()


def test_estimators_of_keras_3(served):
    import keras
    from keras.wrappers import SKLearnClassifier, SKLearnTransformer
    from sklearn.base import clone
    from sklearn.pipeline import make_pipeline

    def make(X, y, loss, units):
        model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(y.shape[1], activation=units)])
        model.compile("sgd", loss)
        return model

    x = np.random.default_rng(3).normal(size=(40, 3))
    keras.utils.set_random_seed(1)
    names = np.where(x[:, 0] > 0, "yes", "no")
    classifier = SKLearnClassifier(make, model_kwargs={"loss": "categorical_crossentropy", "units": "softmax"},
                                   fit_kwargs={"epochs": 20, "verbose": 0, "batch_size": 4})
    fitted = clone(classifier).fit(x, names)
    assert set(fitted.predict(x)) <= {"yes", "no"} and fitted.score(x, names) > 0.8 and fitted.model_.output_shape == (None, 2)
    features = SKLearnTransformer(make, model_kwargs={"loss": "mse", "units": "tanh"}, fit_kwargs={"verbose": 0})
    assert make_pipeline(features).fit(x, x[:, 0]).transform(x).shape == (40, 1)


def test_a_model_as_torchs_module(served):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    twin = keras.models.clone_model(model)
    twin.load_state_dict(model.state_dict())
    np.testing.assert_array_equal(twin.forward(X), model(X))
    assert [layer.name for layer in twin.modules()] == [twin.name, twin.layers[0].name]
    assert not twin.requires_grad_(False).eval().trainable and list(twin.parameters()) == []
    with pytest.raises(Exception, match="paths of its weights"):
        twin.load_state_dict({})
