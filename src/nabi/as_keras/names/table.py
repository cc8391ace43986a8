"""Table: what stands where: paths of Keras 1, 2 and 3, and the modules of nabi whose names they show.

    keras.layers.convolutional    ->  nabi.as_keras.names.layers, then nabi.layers

Each row reads: modules of nabi, in the order in which a name is looked for (".names.layers" lies in nabi.as_keras), and the paths
below `keras` that show them. A module of nabi that is not there is an error only where a name of it is asked for.
"""

ROWS: list[tuple[str, str]] = [
    (".names.layers nabi.layers .layers.volumes .layers.conv_lstm .names.models nabi.models "
     ".tensorflow.saved .layers.newer .layers.varying .layers.feature_columns .layers.torch_modules .names.refused:keras.layers",
     "layers layers.core layers.convolutional layers.pooling layers.merge layers.merging layers.recurrent layers.embeddings "
     "layers.normalization layers.normalization_v2 layers.normalization.batch_normalization "
     "layers.normalization.layer_normalization "
     "layers.advanced_activations layers.activation layers.activations layers.noise layers.local layers.wrappers "
     "layers.convolutional_recurrent layers.cudnn_recurrent layers.attention layers.regularization layers.reshaping "
     "layers.rnn layers.experimental layers.experimental.preprocessing layers.preprocessing layers.dense_attention "
     "layers.containers layers.core.dense layers.input_layer layers.core.embedding layers.attention.multi_head_attention "
     "layers.convolutional.conv2d layers.pooling.max_pooling2d layers.reshaping.flatten layers.regularization.dropout "
     "layers.legacy_rnn layers.preprocessing.image_preprocessing layers.recurrent_v2 layers.serialization layers.layer "
     "legacy legacy.layers engine engine.topology engine.base_layer engine.input_layer engine.input_spec engine.keras_tensor"),
    (".names.models nabi.models .names.layers nabi.layers",
     "models models.sequential models.model models.functional engine.training engine.sequential engine.functional engine.network "
     "engine.training_v1 legacy.models models.cloning engine.saving"),
    (".names.optimizers nabi.optimizers",
     "optimizers optimizers.legacy optimizers.experimental optimizer_v1 optimizer_v2 optimizers.optimizer_v2 "
     "optimizers.optimizer "
     + " ".join(f"{folder}.{name}" for folder in ("optimizers", "optimizers.legacy", "optimizer_v2", "optimizers.optimizer_v2")
                for name in ("adam", "sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "gradient_descent", "adamw",
                             "optimizer_v2", "lion", "adam_v2", "gradient_descent_v2", "rmsprop_v2", "adagrad_v2",
                             "adadelta_v2", "adamax_v2", "nadam_v2", "ftrl"))),
    (".names.schedules nabi.schedules",
     "optimizers.schedules optimizer_v2.learning_rate_schedule optimizers.schedules.learning_rate_schedule "
     "optimizers.schedules.learning_rate_schedules"),
    (".names.callbacks nabi.callbacks .names.refused:keras.callbacks",
     "callbacks callbacks.experimental callbacks.callback callbacks.early_stopping "
     "callbacks.model_checkpoint callbacks.tensorboard"),
    (".names.losses nabi.losses .names.further_losses", "losses objectives losses.losses losses.loss"),
    (".names.metrics nabi.metrics nabi.losses", "metrics metrics.metrics metrics.metric"),
    (".names.activations nabi.activations", "activations activations.activations"),
    (".names.initializations .names.initializers nabi.initializers", "initializations"),
    (".names.initializers nabi.initializers",
     "initializers initializers.initializers_v2 "
     "initializers.initializers_v1 initializers.random_initializers"),
    (".names.regularizers nabi.regularizers", "regularizers regularizers.regularizers"),
    (".names.constraints nabi.constraints", "constraints constraints.constraints"),
    (".names.utils nabi.utils nabi.saving .preprocessing nabi.preprocessing .names.utils_inside "
     ".names.feature_space .tensorflow.sound_folders",
     "utils utils.np_utils utils.vis_utils utils.generic_utils utils.data_utils utils.layer_utils utils.all_utils "
     "utils.conv_utils "
     "utils.io_utils utils.training_utils utils.multi_gpu_utils utils.visualize_util utils.model_visualization utils.tf_utils "
     "utils.losses_utils utils.image_utils utils.metrics_utils utils.numerical_utils utils.dataset_utils utils.file_utils "
     "utils.python_utils utils.image_dataset_utils utils.text_dataset_utils utils.sequence_utils "
     "utils.timeseries_dataset_utils utils.experimental utils.legacy"),
    (".preprocessing nabi.preprocessing", "preprocessing"),
    (".preprocessing nabi.preprocessing.image nabi.preprocessing",
     "preprocessing.image legacy.preprocessing.image preprocessing.image_dataset preprocessing.image_dataset_utils "
     + " ".join(f"preprocessing.image.{name}" for name in (
         "image_data_generator", "directory_iterator", "dataframe_iterator", "numpy_array_iterator", "iterator", "utils",
         "affine_transformations"))),
    (".preprocessing nabi.preprocessing.sequence nabi.preprocessing",
     "preprocessing.sequence legacy.preprocessing.sequence preprocessing.timeseries"),
    (".preprocessing nabi.preprocessing.text nabi.preprocessing",
     "preprocessing.text legacy.preprocessing.text preprocessing.text_dataset"),
    (".names.backend_words nabi.backend", "backend backend.tensorflow_backend "
     "backend.common backend.theano_backend backend.load_backend backend_config"),
    (".names.ops nabi.ops", "ops ops.nn ops.numpy ops.math ops.core ops.linalg"),
    (".names.ops_image", "ops.image"),
    (".names.random nabi.random", "random"),
    (".names.saving nabi.saving .names.refused:keras.saving",
     "saving saving.save saving.hdf5_format saving.object_registration saving.legacy "
     "saving.legacy.hdf5_format saving.legacy.save"),
    (".names.config", "config"),
    (".names.tree", "tree"), (".names.distribution", "distribution"),
    (".names.refused:keras.quantizers", "quantizers"), (".names.refused:keras.distillation", "distillation"),
    (".names.refused:keras.export", "export"), (".names.bounding_boxes", "utils.bounding_boxes"),
    (".names.galleries", "visualization"),
    (".names.precision .names.refused:keras.dtype_policies",
     "dtype_policies mixed_precision mixed_precision.experimental mixed_precision.policy"),
    (".names.wrappers .names.sklearn_wrappers", "wrappers wrappers.scikit_learn"),
    ("nabi.datasets", "datasets"),
    ("nabi.applications .names.applications", "applications"),
    (".names.legacy_interfaces", "legacy.interfaces"),
    (".names.estimator", "estimator experimental"),
]

DATASETS = "mnist fashion_mnist cifar10 cifar100 cifar imdb reuters boston_housing california_housing"
NETWORKS = ("vgg16 vgg19 resnet50 resnet resnet_v2 inception_v3 xception densenet mobilenet mobilenet_v2 mobilenetv2 "
            "mobilenet_v3 inception_resnet_v2 nasnet efficientnet efficientnet_v2 convnext imagenet_utils resnet_rs regnet")
ALIKE = {"regnet": "efficientnet", "resnet_rs": "efficientnet", "mobilenetv2": "mobilenet_v2"}


def whole_name(source: str) -> str:
    """The module that a row means: one that begins with a point lies in nabi.as_keras."""
    return f"nabi.as_keras{source}" if source.startswith(".") else source


def below_keras() -> dict[str, tuple[str, ...]]:
    """Path below `keras` ("layers.core") -> modules of nabi in the order in which a name is looked for."""
    found = {path: tuple(whole_name(source) for source in sources.split()) for sources, paths in ROWS for path in paths.split()}
    found[""] = ("nabi.as_keras.names.root", "nabi.as_keras.names.refused:keras")
    for name in DATASETS.split():
        found[f"datasets.{name}"] = (f"nabi.as_keras.names.{name}", f"nabi.datasets.{name}")
    found["datasets.data_utils"] = found["utils.data_utils"]  # of Keras 0
    for name in NETWORKS.split():
        found[f"applications.{name}"] = (f"nabi.applications.{name}", f"nabi.applications.{ALIKE.get(name, name)}",
                                         "nabi.applications", "nabi.as_keras.names.applications")
    return found


ROOTS: dict[str, str] = {  # where Keras' tree begins -> the path below `keras` that stands there
    "keras": "", "tf_keras": "", "keras.src": "", "keras.api": "", "keras._tf_keras.keras": "", "tensorflow.keras": "",
    "keras.api._tf_keras.keras": "", "keras.api._v1.keras": "",
    "tensorflow.python.keras": "", "tensorflow.contrib.keras": "", "tensorflow.compat.v1.keras": "",
    "tensorflow.compat.v2.keras": "", "tensorflow.contrib.keras.python.keras": "", "keras.api._v2.keras": "",
    "keras_core": "", "keras_preprocessing": "preprocessing", "keras_applications": "applications", "tensorflow_core.keras": "",
    "tensorflow_core.python.keras": "", "tensorflow_core.python.keras.api._v1.keras": "",
    "tensorflow.python.keras.api._v1.keras": "", "tensorflow.python.keras.api._v2.keras": "", "tensorflow.python.tf_keras": "",
    "scikeras": "wrappers",
}  # fmt: skip
NOTEBOOK: dict[str, tuple[str, ...]] = dict.fromkeys(  # where IPython is not installed
    ("IPython", "IPython.display", "IPython.core", "IPython.core.display"), ("nabi.as_keras.scripts.notebook_display",))
NOTEBOOK |= dict.fromkeys((f"IPython.{path}" for path in (
    "core.magic", "core.interactiveshell", "core.pylabtools", "core.getipython", "utils", "utils.io", "utils.capture")),
    ("nabi.as_keras.scripts.notebook_magics",))
FURTHER: dict[str, tuple[str, ...]] = {"scikeras.wrappers": ("nabi.as_keras.names.wrappers",)}
FURTHER |= {f"keras_contrib.{path}": ("nabi.as_keras.names.contrib",) for path in (
    "layers", "layers.normalization", "layers.normalization.instancenormalization", "layers.normalization.groupnormalization",
    "layers.crf", "losses", "losses.crf_losses", "metrics", "metrics.crf_accuracies", "utils", "utils.save_load_utils")}
FURTHER |= dict.fromkeys(("efficientnet", "efficientnet.keras", "efficientnet.tfkeras"), ("nabi.applications.efficientnet",))
LEAKS: dict[str, dict[str, str]] = dict.fromkeys(
    "layers layers.core layers.recurrent models callbacks optimizers metrics losses objectives regularizers "
    "engine engine.topology".split(),  # modules of Keras 1 and 2 that showed what they imported themselves
    {"K": "keras.backend", "np": "numpy", "initializers": "keras.initializers", "activations": "keras.activations",
     "regularizers": "keras.regularizers", "constraints": "keras.constraints"})
LEAKS |= dict.fromkeys(("backend", "backend.tensorflow_backend"), {"tf": "tensorflow", "np": "numpy"})

TF = "nabi.as_keras.tensorflow"
SETS = dict.fromkeys(("tensorflow_datasets", "tensorflow_datasets.public_api"), (f"{TF}.named_sets",))  # where it is not
SETS |= dict.fromkeys(("tensorflow_datasets.features", "tensorflow_datasets.features.text", "tensorflow_datasets.deprecated",
                       "tensorflow_datasets.deprecated.text"), (f"{TF}.subwords",))
TENSORFLOW: dict[str, tuple[str, ...]] = {  # path -> modules of nabi, besides Keras' tree
    "tensorflow": (f"{TF}.root", f"{TF}.version1"),
    "tensorflow.compat.v1": (f"{TF}.version1", f"{TF}.root"),
    "tensorflow.compat.v2": (f"{TF}.root",),
    "tensorflow.math": (f"{TF}.math",), "tensorflow.nn": (f"{TF}.nn", f"{TF}.sampling"),
    "tensorflow.random": (f"{TF}.random", f"{TF}.sampling"),
    "tensorflow.linalg": (f"{TF}.linalg",), "tensorflow.config": (f"{TF}.config",), "tensorflow.image": (f"{TF}.image",),
    "tensorflow.train": (f"{TF}.train",), "tensorflow.compat.v1.train": (f"{TF}.train",), "tensorflow.test": (f"{TF}.testing",),
    "tensorflow.config.experimental": (f"{TF}.config",), "tensorflow.config.threading": (f"{TF}.config",),
    "tensorflow.config.optimizer": (f"{TF}.config",), "tensorflow.errors": (f"{TF}.errors",),
    "tensorflow.data": ("nabi.as_keras.tensorflow.data",), "tensorflow.data.experimental": ("nabi.as_keras.tensorflow.data",),
    "tensorflow.logging": (f"{TF}.logs",), "tensorflow.compat.v1.logging": (f"{TF}.logs",),
    "tensorflow.python.client": (f"{TF}.version1",), "tensorflow.python.client.device_lib": (f"{TF}.config",),
    "tensorflow.python.framework": (f"{TF}.root",), "tensorflow.python.framework.ops": (f"{TF}.version1", f"{TF}.root"),
    "tensorflow.python.ops": (f"{TF}.root",), "tensorflow.python.util": (f"{TF}.logs",),
    "tensorflow.python.util.deprecation": (f"{TF}.logs",), "tensorflow.io": (f"{TF}.files", f"{TF}.sparse_records"),
    "tensorflow.python_io": (f"{TF}.files",), "tensorflow.sparse": (f"{TF}.sparse",), "tensorflow.compat": (f"{TF}.compat",),
    "tensorflow.io.gfile": (f"{TF}.files",),
    **{f"tensorflow.{name}": (f"{TF}.{name}",) for name in ("bitwise", "lookup", "ragged", "signal", "sparse")},
    "tensorflow.random.experimental": (f"{TF}.random",),
    "tensorflow.gfile": (f"{TF}.files",), "tensorflow.strings": (f"{TF}.strings",), "tensorflow.saved_model": (f"{TF}.saved",),
    "tensorflow.summary": (f"{TF}.summaries",), "tensorflow.distribute": (f"{TF}.distribute",),
    "tensorflow.version": (f"{TF}.version",), "tensorflow.nest": (f"{TF}.modules",),
    "tensorflow.experimental": (f"{TF}.config",), "tensorflow.dtypes": (f"{TF}.dtypes",),
    "tensorflow.initializers": ("nabi.initializers",), "tensorflow.sets": (f"{TF}.set_operations",),
    "tensorflow.queue": (f"{TF}.queues",),
    "tensorflow.experimental.numpy": (f"{TF}.numpys", f"{TF}.dtypes", "nabi.as_keras.names.ops", "nabi.ops"),
    "tensorflow.app": (f"{TF}.flags",), "tensorflow.app.flags": (f"{TF}.flags",), "tensorflow.flags": (f"{TF}.flags",),
    "tensorflow.losses": ("nabi.losses",), "tensorflow.metrics": (f"{TF}.streaming", "nabi.metrics"),
    "tensorflow.layers": (f"{TF}.layers1", "nabi.as_keras.names.layers", "nabi.layers"),
    "tensorflow.optimizers": ("nabi.as_keras.names.optimizers", "nabi.optimizers"), "tensorflow.autograph": (f"{TF}.logs",),
    "tensorflow.autograph.experimental": (f"{TF}.logs",),
    "tensorflow.debugging": (f"{TF}.debugging",), "tensorflow.autodiff": (f"{TF}.autodiff",),
    "tensorflow.audio": (f"{TF}.audio",), "tensorflow.feature_column": (f"{TF}.feature_column",),
    "tensorflow.lite": (f"{TF}.saved",),
    "tensorflow.examples": (f"{TF}.examples",), "tensorflow.examples.tutorials": (f"{TF}.examples",),
    "tensorflow.examples.tutorials.mnist": (f"{TF}.examples",),
    "tensorflow.examples.tutorials.mnist.input_data": (f"{TF}.examples",),
}  # fmt: skip


def all_paths() -> dict[str, tuple[str, ...]]:
    """Every path that is served -> modules of nabi in the order in which a name is looked for."""
    found: dict[str, tuple[str, ...]] = {}
    tree = below_keras()
    for root, start in ROOTS.items():
        for path, sources in tree.items():
            if start in ("", path) or path.startswith(start + "."):
                rest = path[len(start) :].strip(".")
                found[f"{root}.{rest}" if rest else root] = sources
    older = {path.replace("tensorflow.", f"tensorflow.compat.{version}.", 1): sources for path, sources in TENSORFLOW.items()
             for version in ("v1", "v2") if path.startswith("tensorflow.") and ".compat." not in path and ".python" not in path}
    found |= FURTHER | older | TENSORFLOW
    on_the_way = {path[:n] for path in found for n, letter in enumerate(path) if letter == "."}
    return {path: () for path in on_the_way} | found
