"""Old: the arguments of Keras 1 and 2 and what they are called now.

    Convolution2D(nb_filter=32, nb_row=3, nb_col=3, border_mode="same")
    Conv2D(filters=32, kernel_size=(3, 3), padding="same")

A row is {old word: new word}, or old word: DROP for what makes no difference here. Rows hold for subclasses, too.
Source: keras/legacy/interfaces.py of Keras 2.
"""

DROP = ""
KERNEL = {"init": "kernel_initializer", "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
          "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint", "bias": "use_bias"}
WINDOW = {"border_mode": "padding", "dim_ordering": "data_format", "subsample": "strides", "subsample_length": "strides",
          "stride": "strides", "pool_length": "pool_size"}
CONVOLUTION = {**KERNEL, **WINDOW, "nb_filter": "filters", "filter_length": "kernel_size", "atrous_rate": "dilation_rate"}

LAYERS: dict[str, dict[str, str]] = {
    "Layer": {"input_dtype": DROP, "dynamic": DROP, "batch_shape": "batch_input_shape", "create_input_layer": DROP,
              "batch_size": DROP},
    "InputLayer": {"batch_size": "batch_size"}, "Model": {"input": "inputs", "output": "outputs"},
    "Dense": {**KERNEL, "output_dim": "units"},
    "Convolution": CONVOLUTION,
    "Filtering": CONVOLUTION,
    "Pooling": WINDOW,
    "Dropping": {"p": "rate"},
    "Dropout": {"p": "rate"}, "SpatialDropout1D": {"p": "rate"}, "SpatialDropout2D": {"p": "rate"},
    "GaussianDropout": {"p": "rate"}, "GaussianNoise": {"sigma": "stddev"},
    "BatchNormalization": {"mode": DROP, "beta_init": "beta_initializer", "gamma_init": "gamma_initializer",
                           "fused": DROP, "virtual_batch_size": DROP, "adjustment": DROP, "weights": DROP,
                           "moving_average_decay": "momentum"},
    "Embedding": {"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer",
                  "W_constraint": "embeddings_constraint", "dropout": DROP, "sparse": DROP},
    "Recurrent": {"output_dim": "units", "init": "kernel_initializer", "inner_init": "recurrent_initializer",
                  "inner_activation": "recurrent_activation", "W_regularizer": "kernel_regularizer",
                  "U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "dropout_W": "dropout",
                  "dropout_U": "recurrent_dropout", "consume_less": DROP, "implementation": DROP,
                  "forget_bias_init": DROP, "truncate_gradient": DROP, "time_major": DROP, "use_cudnn": DROP},
    "UpSampling1D": {"length": "size"}, "UpSampling2D": {"dim_ordering": "data_format"},
    "Flatten": {}, "GlobalPooling": {"dim_ordering": "data_format"}, "ZeroPadding2D": {"dim_ordering": "data_format"},
    "Cropping2D": {"dim_ordering": "data_format"},
    "ReLU": {"alpha": "negative_slope"}, "PReLU": {"init": "alpha_initializer", "weights": DROP},
    "TimeDistributed": {}, "RandomFlip": {}, "RandomZoom": {},
}  # fmt: skip

OPTIMIZERS: dict[str, dict[str, str]] = {
    "Optimizer": {"lr": "learning_rate", "use_locking": DROP, "jit_compile": DROP,
                  "is_legacy_optimizer": DROP, "gradient_aggregator": DROP, "gradient_transformers": DROP},
    **{name: {"schedule_decay": DROP} for name in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax")},
    "Adam": {"beta1": "beta_1", "beta2": "beta_2", "schedule_decay": DROP}, "Nadam": {"beta1": "beta_1", "beta2": "beta_2"},
}  # fmt: skip

OTHERS: dict[str, dict[str, dict[str, str]]] = {  # kind of the registry -> its rows
    "callback": {"ModelCheckpoint": {"period": DROP, "load_weights_on_restart": DROP, "options": DROP},
                 "ReduceLROnPlateau": {"epsilon": "min_delta"}, "EarlyStopping": {},
                 "TensorBoard": {"batch_size": DROP, "write_grads": DROP, "embeddings_layer_names": DROP,
                                 "embeddings_data": DROP, "embeddings_freq": DROP, "embeddings_metadata": DROP,
                                 "profile_batch": DROP}},
    "regularizer": {"L1": {"l": "l1"}, "L2": {"l": "l2"}},
    "constraint": {"MaxNorm": {"m": "max_value"}, "MinMaxNorm": {"low": "min_value", "high": "max_value"}},
    "initializer": {"Initializer": {"dtype": DROP, "scale": "stddev"}, "VarianceScaling": {"distribution": "distribution"}},
    "metric": {"Metric": {"dtype": DROP}},
    "loss": {"Loss": {"dtype": DROP}},
}  # fmt: skip

FIT = {"nb_epoch": "epochs", "experimental_run_tf_function": DROP, "sample_weight_mode": DROP, "distribute": DROP,
       "target_tensors": DROP, "cloning": DROP, "workers": DROP, "use_multiprocessing": DROP, "max_queue_size": DROP,
       "max_q_size": DROP, "nb_worker": DROP, "pickle_safe": DROP, "show_accuracy": DROP, "class_mode": DROP,
       "samples_per_epoch": "steps_per_epoch", "nb_val_samples": "validation_steps", "val_samples": "validation_steps",
       "batch_sz": "batch_size"}  # fmt: skip

NAMES = {  # values that were called otherwise
    "kernel_initializer": {"uniform": "random_uniform", "normal": "random_normal", "gaussian": "random_normal", "one": "ones",
                           "zero": "zeros"},
    "padding": {"half": "same", "full": "full"},
    "reduction": {"auto": "sum_over_batch_size", "sum_over_nonzero_weights": "sum_over_batch_size"},
}  # fmt: skip
VALUES = {"th": "channels_first", "tf": "channels_last", "default": None}  # of data_format
