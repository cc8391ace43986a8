"""Table: which packages beside Keras have a stand-in here, and what is said of the others.

    keras_tuner.engine.hyperparameters    ->  nabi.as_keras.companions.tuner_space
"""

HERE = "nabi.as_keras.companions"
ROWS = {
    "tuner tuner_kinds tuner_space":
        "keras_tuner keras_tuner.tuners keras_tuner.engine keras_tuner.engine.hyperparameters keras_tuner.oracles "
        "keras_tuner.engine.tuner keras_tuner.engine.hypermodel keras_tuner.engine.trial keras_tuner.engine.objective "
        "keras_tuner.tuners.randomsearch keras_tuner.tuners.hyperband keras_tuner.tuners.bayesian keras_tuner.src "
        "keras_tuner.hyperparameters",
    "plot_losses": "livelossplot livelossplot.keras livelossplot.tf_keras livelossplot.keras_plot livelossplot.inputs "
                   "livelossplot.inputs.keras livelossplot.inputs.tf_keras livelossplot.inputs.tensorflow_keras "
                   "livelossplot.outputs livelossplot.generic_plot",
    "widgets": "ipywidgets ipywidgets.widgets",
    "logging_runs": "wandb wandb.keras wandb.integration wandb.integration.keras wandb.sdk",
    "seaborn_plots seaborn_grids": "seaborn",
    "korean_words": "konlpy konlpy.tag",
    "korean_letters": "koreanize_matplotlib",
    "samplers": "imblearn imblearn.over_sampling imblearn.under_sampling",
    "sampling_pipeline": "imblearn.pipeline",
    "english_words bleu": "nltk nltk.tokenize nltk.corpus nltk.stem nltk.stem.porter nltk.stem.wordnet nltk.stem.snowball "
                          "nltk.util nltk.probability nltk.text nltk.translate nltk.translate.bleu_score nltk.tokenize.treebank",
    "theano_root": "theano theano.sandbox theano.sandbox.cuda theano.gpuarray theano.compile",
    "addons_layers": "tensorflow_addons.layers tensorflow_addons.layers.normalizations tensorflow_addons.layers.wrappers",
    "addons_text": "tensorflow_addons.text tensorflow_addons.text.crf tensorflow_addons.layers.crf",
    "addons_losses": "tensorflow_addons.losses",
    "addons_metrics": "tensorflow_addons.metrics",
    "addons_root": "tensorflow_addons tensorflow_addons.optimizers tensorflow_addons.activations tensorflow_addons.callbacks",
}
PATHS: dict[str, tuple[str, ...]] = {
    path: tuple(f"{HERE}.{name}" for name in names.split()) for names, paths in ROWS.items() for path in paths.split()}
PATHS |= {path.replace("_", "", 1): sources for path, sources in PATHS.items() if path.startswith("keras_tuner")}
PATHS |= dict.fromkeys(("theano.tensor", "theano.tensor.nnet"), (f"{HERE}.theano_tensor", "nabi.backend", "nabi.ops"))

DRAWS = "keras.utils.plot_model(model, 'model.png') draws a model without it; {} itself is installed by: pip install {}"
MODELS = "keras.applications has networks; their weights are read from Keras' own .h5 files, beside the script or in its cache."
GAMES = "pip install {0} works beside nabi; a net learns from its observations as NumPy arrays."
ABSENT: dict[str, str] = {
    "tensorflow_hub": f"Its modules are TensorFlow's own graphs, which nabi does not run. {MODELS}",
    "tensorflow_probability": "For draws there are tf.random and keras.random; a layer may give mean and log-variance, as in a "
                              "variational autoencoder. torch.distributions has the densities.",
    "tensorflow_text": "TextVectorization, Tokenizer and tf.strings cut texts into words.",
    "tensorflow_model_optimization": "nabi neither prunes nor quantizes; model.save writes float32.",
    "tensorflowjs": "Save the model as .keras or .h5; where TensorFlow is installed, tensorflowjs_converter reads that file.",
    "keras_cv": f"The layers Random... and Rescaling of keras.layers change pictures. {MODELS}",
    "keras_hub": f"Its networks come with weights from the net. {MODELS}",
    "keras_nlp": "keras.layers.MultiHeadAttention, Embedding and TextVectorization build the same networks, without weights.",
    "keras_rl": "fit or train_on_batch on observations and targets is what its agents do.",
    "rl": "keras-rl's agents call fit or train_on_batch on observations and targets.",
    "talos": "keras_tuner's RandomSearch is served here; sklearn's GridSearchCV takes KerasClassifier.",
    "hyperas": "keras_tuner's RandomSearch is served here; sklearn's GridSearchCV takes KerasClassifier.",
    "jax": "nabi computes with PyTorch: write keras.ops, or a train_step with tf.GradientTape or loss.backward().",
    "autokeras": "keras_tuner's RandomSearch is served here; a model is written by hand.",
    "gym": GAMES.format("gymnasium"),
    "gymnasium": GAMES.format("gymnasium"),
    "pydot": DRAWS.format("pydot", "pydot"), "pydotplus": DRAWS.format("pydotplus", "pydotplus"),
    "pydot_ng": DRAWS.format("pydot_ng", "pydot"), "graphviz": DRAWS.format("graphviz", "graphviz"),
}  # fmt: skip
