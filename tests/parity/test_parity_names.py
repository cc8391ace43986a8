"""Names: what Keras' packages have and nabi's have not, each with its reason; a name that comes or goes on either side fails."""

import importlib
from operator import attrgetter

import pytest

DONE_BY_GET = "`get` reads what `serialize` gave, and configurations"
THREE_D = "three spatial axes: a workflow without data here"
TEXT = "tables and texts; nabi is for pictures, with sequences beside"
LANGUAGE = "attention and language models; an issue of their own"
FOREIGN = "a wrapper of another backend's objects"
AUGMENTATION = "rare; Equalization, RandomShear and the other augmentations are there"
WEIGHTS = "of Keras' own internals"
MATRICES = "works on matrices or on whole layers: no formula number by number on a vector"

LEFT_OUT = {
    "activations": {DONE_BY_GET: ["deserialize"]},
    "losses": {
        DONE_BY_GET: ["deserialize"], "needs an alphabet and blanks: reading lines of text": ["CTC", "ctc"],
        "over the pairs of a batch of embeddings: metric learning, not classification": ["Circle", "circle"],
    },
    "metrics": {
        DONE_BY_GET: ["deserialize"],
        "a loss as metric is asked for by its name, 'mse', or by the function in `losses`": [
            "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy",
            "categorical_hinge", "huber", "kl_divergence", "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error",
            "mean_squared_error", "mean_squared_logarithmic_error", "poisson", "sparse_categorical_crossentropy",
            "squared_hinge"],
    },
    "optimizers": {
        MATRICES: ["Adafactor", "Lamb", "Muon"], "for sparse linear models": ["Ftrl"],
        "a second set of weights": ["ScheduleFreeAdamW"],
        "per-layer rates and loss_scale_factor do it": ["LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"],
        "Keras 2's classes": ["legacy"],
    },
    "optimizers.schedules": {},
    "initializers": {
        "another name: Identity, Orthogonal; files know both": ["IdentityInitializer", "OrthogonalInitializer"],
        "for spectrograms": ["STFT", "STFTInitializer", "stft"], DONE_BY_GET: ["deserialize"],
    },
    "regularizers": {DONE_BY_GET: ["deserialize"]},
    "constraints": {DONE_BY_GET: ["deserialize"]},
    "callbacks": {FOREIGN: ["OrbaxCheckpoint"], "sends logs to a server": ["RemoteMonitor"]},
    "models": {},
    "layers": {
        THREE_D: ["AdaptiveAveragePooling3D", "AdaptiveMaxPooling3D", "AveragePooling3D", "AvgPool3D", "Conv3D",
                  "Conv3DTranspose", "ConvLSTM3D", "Convolution3D", "Convolution3DTranspose", "Cropping3D",
                  "GlobalAveragePooling3D", "GlobalAvgPool3D", "GlobalMaxPool3D", "GlobalMaxPooling3D", "MaxPool3D",
                  "MaxPooling3D", "SpatialDropout3D", "UpSampling3D", "ZeroPadding3D"],
        TEXT: ["CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup",
               "TextVectorization"],
        LANGUAGE: ["AdditiveAttention", "Attention", "EinsumDense", "GroupQueryAttention", "MultiHeadAttention",
                   "RMSNormalization", "ReversibleEmbedding"],
        FOREIGN: ["FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"],
        AUGMENTATION: ["ContrastLimitedAdaptiveHistogramEqualization", "RandomElasticTransform", "RandomPerspective"],
        "sound": ["MelSpectrogram", "STFTSpectrogram"],
        "windows that depend on the picture's size: GlobalAveragePooling2D or Resizing": [
            "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D"],
        "recurrent convolutions: films": ["ConvLSTM1D", "ConvLSTM2D"],
        "selu networks drop by Dropout in the course": ["AlphaDropout"],
        "a wrapper of other layers: a layer of one's own holds layers": ["Pipeline", "SpectralNormalization", "Wrapper"],
        "boxes of objects": ["MaxNumBoundingBoxes"], WEIGHTS: ["InputSpec"], DONE_BY_GET: ["deserialize", "serialize"],
    },
}


@pytest.mark.parametrize("package", LEFT_OUT)
def test_what_keras_has_besides(package):
    import keras

    ours = importlib.import_module(f"nabi.{package}")
    missing = {name for name in dir(attrgetter(package)(keras)) if name[0] != "_"} - set(dir(ours))
    stated = [name for names in LEFT_OUT[package].values() for name in names]
    assert missing == set(stated) and len(stated) == len(missing)
