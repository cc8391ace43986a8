"""Bad values of every argument of every registered class: by argument, by class where it differs, reasons where any will do."""

from nabi import layers as L

NAN, INF = float("nan"), float("inf")

# Values that cannot be meant, by what an argument is.
COUNT = [0, -1, 1.5, NAN, "3", True, None]
COUNT_OR_NONE = COUNT[:-1]
WHOLE = [1.5, NAN, "1", True, None]
FROM_0 = [-1, 1.5, NAN, "3", True, None]
NUMBER = [NAN, INF, "1", True, None]
AT_LEAST_0 = [-0.1, *NUMBER]
ABOVE_0 = [0, *AT_LEAST_0]
SHARE = [-0.1, 1.1, NAN, "0.5", True, None]
FLAG = ["yes", 2, None, NAN, [True]]
SEED = [1.5, NAN, "1", True]
AXES = [1.5, NAN, "1", True, [1, 1], [0.5], []]
SIZE_1 = [0, -1, 1.5, "3", True, (1, 2), ()]
SIZE_2 = [0, -1, 1.5, "3", True, (1, 2, 3), (3, 0), (3,)]
PADDING = ["vaild", -1, 1.5, True, None]
LAYOUT = ["channels_first", "last", 3]
NAMED = ["rleu", 3, True]  # a name or an object
TEXT = [3, True, ["a"]]
FACTOR = [1.5, -1.5, NAN, "0.1", None, (0.1, 0.2, 0.3), ("a", 1)]
PART = [v for v in FACTOR if v is not None]
MODE = ["up", 3, None, True]
INPUT_SHAPE = ["28", 28.5, (0,), (28, -1), (1.5,), (True,)]
FUNCTION = [3, "unknown"]

LAYERS = {
    "name": TEXT, "trainable": FLAG, "dtype": ["float23", 3, "int32"], "rate_factor": AT_LEAST_0, "input_shape": INPUT_SHAPE,
    "input_dim": COUNT_OR_NONE, "batch_input_shape": ["28", 28, (None, 0), (None, 1.5), ()],
    "activation": NAMED, "recurrent_activation": NAMED, "use_bias": FLAG, "units": COUNT, "filters": COUNT, "groups": COUNT,
    "kernel_size": SIZE_2, "strides": SIZE_2, "dilation_rate": SIZE_2, "pool_size": SIZE_2, "size": SIZE_2, "padding": PADDING,
    "data_format": LAYOUT, "depth_multiplier": COUNT, "output_padding": [1, -1, 1.5, "1", True], "implementation": [4, "1", None],
    "axis": WHOLE, "epsilon": AT_LEAST_0, "momentum": SHARE, "center": FLAG, "scale": FLAG, "rms_scaling": FLAG,
    "alpha": AT_LEAST_0, "beta": AT_LEAST_0, "k": ABOVE_0, "l1": AT_LEAST_0, "l2": AT_LEAST_0, "seed": SEED, "rate": SHARE,
    "noise_shape": [3, "1", (0,), (1.5, None), (True,)], "stddev": AT_LEAST_0, "mask_value": NUMBER, "keepdims": FLAG,
    "max_value": [-1, NAN, "6", True], "negative_slope": AT_LEAST_0, "threshold": AT_LEAST_0, "shared_axes": AXES[:-1],
    "axes": [0, 1.5, "1", None, (1, 2, 3), (1, 0), True], "normalize": FLAG, "n": COUNT, "dims": [2, (2, 3), (0, 1), "21", None],
    "target_shape": [(0, 4), (-1, -1), (None, 4), "28", 1.5, None], "output_dim": COUNT, "mask_zero": FLAG,
    "input_length": COUNT_OR_NONE, "height": COUNT, "width": COUNT, "interpolation": ["bilinaer", 3, None],
    "crop_to_aspect_ratio": FLAG, "pad_to_aspect_ratio": FLAG, "antialias": FLAG, "fill_mode": ["mirror", 3, None],
    "fill_value": NUMBER, "factor": FACTOR, "height_factor": FACTOR, "width_factor": PART,
    "value_range": [3, "01", (1, 0), (0, 1, 2), (0, NAN), None], "mode": MODE, "invert": FLAG, "offset": [NAN, "1", None, True],
    "x_factor": FACTOR, "y_factor": FACTOR, "sigma": [-0.1, NAN, "1", None, (0.1, 0.2, 0.3), ("a", 1)],
    "brightness_factor": PART, "contrast_factor": PART, "saturation_factor": PART, "hue_factor": PART, "bins": [1, *COUNT],
    "addition_factor": FACTOR, "threshold_factor": FACTOR, "num_ops": COUNT, "num_chains": COUNT, "chain_depth": COUNT,
    "all_ops": FLAG, "mean": [[1.0], "1"], "variance": [[1.0], "1"],
    "cropping": [-1, "1", 1.5, (1, 2, 3), True, None], "cell": [3, None, "LSTM"], "layer": [3, None, "Dense"],
    "cells": [3, [], [3]], "backward_layer": [3, "LSTM"], "merge_mode": ["concta", 3, True], "weights": [3, "w"],
    "dropout": SHARE, "recurrent_dropout": SHARE, "unit_forget_bias": FLAG, "reset_after": FLAG, "return_sequences": FLAG,
    "return_state": FLAG, "go_backwards": FLAG, "stateful": FLAG, "unroll": FLAG, "zero_output_for_mask": FLAG,
    "use_cudnn": ["yes", 2, None], "function": [3, None, "unknown"], "output_shape": ["28", 1.5, (0, 1.5)],
    "mask": [3, "unknown"],
    "arguments": [3, "k", [1]], "takes_list": ["yes", 2], "options": [3, "k", [1]], "batch_size": COUNT_OR_NONE,
    "shape": [None, "28", 28.5, (0,), (1.5,), (True,)], "init_values": NUMBER, "projection_dim": COUNT,
}  # fmt: skip

OTHERS = {
    "initializer": {"value": NUMBER, "seed": SEED, "gain": NUMBER, "mean": NUMBER, "stddev": AT_LEAST_0, "minval": NUMBER,
                    "maxval": NUMBER, "scale": ABOVE_0, "mode": MODE, "distribution": MODE, "input_axes": [1, "1", [1.5]],
                    "output_axes": [1, "1", [1.5]]},
    "regularizer": {"l1": AT_LEAST_0, "l2": AT_LEAST_0, "factor": AT_LEAST_0, "mode": MODE},
    "constraint": {"max_value": AT_LEAST_0, "min_value": AT_LEAST_0, "rate": SHARE, "axis": AXES},
    "loss": {"from_logits": FLAG, "label_smoothing": SHARE, "axis": WHOLE, "reduction": ["avg", 3, True], "name": TEXT,
             "alpha": SHARE, "gamma": AT_LEAST_0, "apply_class_balancing": FLAG, "delta": ABOVE_0, "ignore_class": SEED,
             "beta": AT_LEAST_0, "q": [0, 1, *SHARE]},
    "metric": {"name": TEXT, "dtype": ["float23", "int32", 3], "from_logits": FLAG, "label_smoothing": SHARE, "axis": WHOLE,
               "threshold": [-0.1, 1.5, NAN, "0.5", True], "thresholds": [-0.1, 1.5, NAN, "0.5", True, [0.2, 2], []],
               "num_thresholds": COUNT, "curve": ["roc curve", 3, None], "summation_method": ["sum", 3, None],
               "multi_label": FLAG, "num_labels": COUNT_OR_NONE, "label_weights": ["a", [-1.0], 3],
               "average": ["mean", 3, True], "beta": ABOVE_0, "target_class_ids": [3, "01", [-1], [1.5], [], None],
               "num_classes": COUNT, "ignore_class": SEED, "sparse_y_true": FLAG, "sparse_y_pred": FLAG,
               "loss": ["rleu", 3, None], "arguments": [3, "k", [1]], "fn": [3, None, "unknown"], "top_k": COUNT_OR_NONE,
               "class_id": [-1, 1.5, NAN, "3", True], "recall": SHARE, "precision": SHARE, "specificity": SHARE,
               "sensitivity": SHARE, "class_aggregation": ["mean", 3, True], "num_regressors": FROM_0, "k": COUNT,
               "from_sorted_ids": FLAG},
    "schedule": {"initial_learning_rate": AT_LEAST_0, "decay_steps": ABOVE_0, "first_decay_steps": ABOVE_0, "alpha": SHARE,
                 "name": TEXT, "warmup_target": [-0.1, NAN, "1", True], "warmup_steps": AT_LEAST_0, "t_mul": [0.5, *NUMBER],
                 "m_mul": AT_LEAST_0, "decay_rate": AT_LEAST_0, "staircase": FLAG, "peak": AT_LEAST_0, "steps": ABOVE_0[:-1],
                 "warmup": [-0.1, 1, NAN, "0.3", True, None], "start": SHARE, "shape": ["round", 3, None],
                 "boundaries": [3, "12", [-1, 2], [2, 1], ["a", 2], None], "values": [3, "12", [1.0], [-1, 1, 1], None],
                 "end_learning_rate": AT_LEAST_0, "power": ABOVE_0, "cycle": FLAG, "factor": AT_LEAST_0, "every": ABOVE_0},
    "model": {"inputs": [3, "x"], "outputs": [3, "y"], "layers": [3, "Dense", [3], ["Dense"]]},
    "callback": {"monitor": [3, True, None, ""], "min_delta": NUMBER, "patience": FROM_0, "verbose": ["loud", 3, None, -1],
                 "mode": ["up", 3, None], "baseline": [NAN, "1", True], "restore_best_weights": FLAG, "start_from_epoch": FROM_0,
                 "factor": [0, 1, *AT_LEAST_0], "cooldown": FROM_0, "min_lr": AT_LEAST_0, "epsilon": [NAN, "1", True],
                 "filepath": [3, None, "model.ckpt", True], "save_best_only": FLAG, "save_weights_only": FLAG,
                 "save_freq": ["batch", 0, 1.5, True, None], "initial_value_threshold": [NAN, "1", True],
                 "keep": COUNT_OR_NONE, "period": COUNT, "filename": [3, None, "", True], "separator": ["", ",,", 3, None],
                 "append": FLAG, "backup_dir": [3, None, "", True], "double_checkpoint": FLAG, "delete_checkpoint": FLAG,
                 "on_epoch_begin": FUNCTION, "on_epoch_end": FUNCTION, "on_train_begin": FUNCTION, "on_train_end": FUNCTION,
                 "on_train_batch_begin": FUNCTION, "on_train_batch_end": FUNCTION, "schedule": [3, None, "cosine"],
                 "count_mode": ["epochs", 3, None], "stream": [3, "stdout"], "stateful_metrics": [3, "loss", [3]],
                 "swap_on_epoch": FLAG,
                 "log_dir": [3, None, "", True], "histogram_freq": FROM_0, "write_graph": FLAG, "write_images": FLAG,
                 "write_steps_per_second": FLAG, "update_freq": ["step", 0, 1.5, True, None], "profile_batch": [3, "1"],
                 "embeddings_freq": [1, "1"], "embeddings_metadata": ["labels.tsv", 3], "raise_error": FLAG},
}  # fmt: skip

IN_ONE_DIMENSION = {
    **dict.fromkeys(("Conv1D", "Conv1DTranspose", "DepthwiseConv1D", "SeparableConv1D"),
                    ("kernel_size", "strides", "dilation_rate")),
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D"), ("pool_size", "strides")), "UpSampling1D": ("size",),
}
ANY_NUMBER = NUMBER[:-1]
OWN = {  # where an argument of this name means something else
    **{(name, argument): SIZE_1 for name, sizes in IN_ONE_DIMENSION.items() for argument in sizes},
    ("BinaryAccuracy", "threshold"): ANY_NUMBER, ("BinaryIoU", "threshold"): ANY_NUMBER,  # 0 is the one for logits
    ("CustomScaleLayer", "scale"): NUMBER,
    ("CategoricalFocalCrossentropy", "alpha"): [-0.1, NAN, "0.5", None, [], [0.5, "a"]],
    ("GaussianDropout", "rate"): [1, *SHARE], ("Embedding", "input_dim"): COUNT,
    ("GroupNormalization", "groups"): [0, -2, 1.5, "3", True, None],
    ("LayerNormalization", "axis"): AXES, ("UnitNormalization", "axis"): AXES, ("Softmax", "axis"): AXES,
    ("PearsonCorrelation", "axis"): AXES, ("ConcordanceCorrelation", "axis"): AXES,
    ("Dice", "axis"): AXES, ("Tversky", "axis"): AXES, ("Tversky", "alpha"): AT_LEAST_0,
    ("LeakyReLU", "alpha"): [-0.1, NAN, "0.1", True], ("LocalResponseNormalization", "size"): COUNT,
    ("Normalization", "axis"): [1.5, "1", True, [0.5]], ("Operation", "arguments"): [3, None],
    ("RandomContrast", "factor"): [-0.1, 1.5, NAN, "0.1", None, (0.1, 0.2, 0.3)],
    ("RandomErasing", "fill_value"): [NAN, INF, "1", True, (1, "a"), ()], ("RandomErasing", "scale"): FACTOR,
    ("RandomGaussianBlur", "kernel_size"): [0, -1, 2, 1.5, "3", True, None, (1, 2), (1, 3, 3)],
    ("RandomPosterization", "factor"): [0, 9, 2.5, NAN, "4", True, None, (1, 9), (1, 2, 3)],
    ("Rescaling", "scale"): [NAN, "255", None, True, []],
    ("ZeroPadding1D", "padding"): [-1, "1", 1.5, (1, 2, 3), True, None],
    ("ZeroPadding2D", "padding"): [-1, "1", 1.5, ((1, 2), (1, 2, 3)), True, None],
}  # fmt: skip
ENDINGS = {"_initializer": NAMED[:2], "_regularizer": NAMED[:2], "_constraint": NAMED[:2]}  # arguments that end so
ANY_VALUE = {  # arguments that take whatever comes, and why
    ("InputLayer", "dtype"): "as in Keras; data keep whole numbers whole, and floats are computed in the model's precision",
}

SAID = {  # words that stand for the argument where it is not named itself: what the user wrote leads there
    "activation": "activation", "recurrent_activation": "activation", "_initializer": "initializer", "loss": "loss '",
    "_regularizer": "regularizer", "_constraint": "constraint", "function": "op '", "fn": "metric 'unknown'",
    ("Embedding", "weights"): "weight 'embeddings'", ("Progress", "mode"): "verbose: ",
    ("Sequential", "layers"): "Sequential.add: ",
}

INPUT = L.Input((2,))
GIVEN = {  # good values of what a class cannot do without; numbers are found by the test
    "Activation": ["relu"], "BackupAndRestore": ["backup"], "Bidirectional": [L.LSTM(2)], "CSVLogger": ["log.csv"],
    "CenterCrop": [2, 2], "Dot": [1], "Embedding": [5, 4], "InputLayer": [(2,)], "IoU": [4, [0, 1]], "Lambda": [abs],
    "LearningRateScheduler": [abs], "LossMetric": ["mse"], "MeanMetricWrapper": [max], "ModelCheckpoint": ["a.safetensors"],
    "OneHotIoU": [4, [0, 1]], "Operation": ["abs"], "Permute": [(2, 1)], "PiecewiseConstantDecay": [[1, 2], [1, 2, 3]],
    "Model": [INPUT, INPUT], "RNN": [L.LSTMCell(2)], "RandomPosterization": [4], "Reshape": [(2,)],
    "StackedRNNCells": [[L.LSTMCell(2)]], "TimeDistributed": [L.Dense(2)],
}  # fmt: skip
