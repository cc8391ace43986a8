"""Old names: what NumPy, SciPy, scikit-learn, Pillow and Python once had, and what stands in its place today.

    np.float                                              ->  float
    sklearn.externals.joblib, sklearn.cross_validation    ->  joblib, sklearn.model_selection

A row of NAMES reads: module -> {name that is gone: where it is now}; of MODULES: module that is gone -> the one with its names.
Sources: the lists of removed names in the release notes of these libraries.
"""

OURS = "nabi.as_keras.libraries.old_functions"
NUMPY = {name: f"builtins.{name}" for name in ("bool", "int", "float", "complex", "object", "str")}
NUMPY |= {"long": "builtins.int", "unicode": "builtins.str", "float_": "numpy.float64", "complex_": "numpy.complex128",
          "string_": "numpy.bytes_", "unicode_": "numpy.str_", "Inf": "numpy.inf", "Infinity": "numpy.inf", "infty": "numpy.inf",
          "PINF": "numpy.inf", "NaN": "numpy.nan", "NAN": "numpy.nan", "product": "numpy.prod", "cumproduct": "numpy.cumprod",
          "sometrue": "numpy.any", "alltrue": "numpy.all", "round_": "numpy.round", "in1d": "numpy.isin", "rank": "numpy.ndim",
          "row_stack": "numpy.vstack", "trapz": "numpy.trapezoid", "mat": "numpy.asmatrix", "bool8": "numpy.bool_",
          "asscalar": f"{OURS}.asscalar", "asfarray": f"{OURS}.asfarray", "msort": f"{OURS}.msort",
          **{name: f"numpy.exceptions.{name}" for name in ("VisibleDeprecationWarning", "ComplexWarning", "AxisError")}}
ABSTRACT = ("Callable", "Container", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping", "MutableSequence",
            "MutableSet", "Sequence", "Set", "Sized")
PICTURES = {name: f"nabi.as_keras.libraries.old_pictures.{name}" for name in (
    "imread", "imresize", "imsave", "toimage", "imrotate", "bytescale")}

NAMES: dict[str, dict[str, str]] = {
    "numpy": NUMPY,
    "collections": {name: f"collections.abc.{name}" for name in ABSTRACT},
    "time": {"clock": "time.perf_counter"},
    "fractions": {"gcd": "math.gcd"},
    "inspect": {"getargspec": f"{OURS}.getargspec"},
    "scipy": {"misc": "scipy.misc"} | {name: f"numpy.{name}" for name in (
        "array", "arange", "zeros", "ones", "mean", "exp", "sqrt", "log", "linspace", "pi", "sin", "cos", "interp", "stack",
        "concatenate", "reshape")},
    "scipy.misc": {**PICTURES, **{name: f"scipy.special.{name}" for name in ("comb", "factorial", "logsumexp")}},
    "scipy.ndimage": {"imread": PICTURES["imread"]},
    "scipy.integrate": {"trapz": "scipy.integrate.trapezoid", "simps": "scipy.integrate.simpson",
                        "cumtrapz": "scipy.integrate.cumulative_trapezoid"},
    "scipy.signal": {name: f"scipy.signal.windows.{name}" for name in ("gaussian", "hann", "hamming", "blackman", "triang")},
    "sklearn.externals": {"joblib": "joblib", "six": f"{OURS}"},
    "sklearn.datasets": {"load_boston": f"{OURS}.load_boston", "fetch_mldata": f"{OURS}.fetch_mldata"},
    "sklearn.preprocessing": {"Imputer": f"{OURS}.Imputer"},
    "sklearn.metrics": {"jaccard_similarity_score": "sklearn.metrics.accuracy_score",
                        "plot_confusion_matrix": "sklearn.metrics.ConfusionMatrixDisplay.from_estimator",
                        "plot_roc_curve": "sklearn.metrics.RocCurveDisplay.from_estimator",
                        "plot_precision_recall_curve": "sklearn.metrics.PrecisionRecallDisplay.from_estimator"},
    "sklearn.decomposition": {"RandomizedPCA": "sklearn.decomposition.PCA"},
    "sklearn.discriminant_analysis": {"LDA": "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
                                      "QDA": "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis"},
    "sklearn.mixture": {"GMM": "sklearn.mixture.GaussianMixture"},
    "sklearn.utils": {"ignore_warnings": "sklearn.utils._testing.ignore_warnings",
                      "all_estimators": "sklearn.utils.discovery.all_estimators"},
    "skimage.measure": {"compare_ssim": "skimage.metrics.structural_similarity",
                        "compare_psnr": "skimage.metrics.peak_signal_noise_ratio",
                        "compare_mse": "skimage.metrics.mean_squared_error"},
    "skimage.color": {"rgb2grey": "skimage.color.rgb2gray", "grey2rgb": "skimage.color.gray2rgb"},
    "skimage.util": {"montage2d": "skimage.util.montage"},
    "matplotlib.mlab": {"normpdf": "scipy.stats.norm.pdf"},
    "PIL.Image": {"ANTIALIAS": "PIL.Image.LANCZOS", "LINEAR": "PIL.Image.BILINEAR", "CUBIC": "PIL.Image.BICUBIC"},
    "matplotlib.cm": {"get_cmap": "matplotlib.pyplot.get_cmap"},
    "pandas": {"datetime": "datetime.datetime", "np": "numpy", "Int64Index": "pandas.Index", "Float64Index": "pandas.Index",
               "scatter_matrix": "pandas.plotting.scatter_matrix"},
    "pandas.io.json": {"json_normalize": "pandas.json_normalize"},
}  # fmt: skip

MODULES: dict[str, str] = {
    "sklearn.externals.joblib": "joblib", "sklearn.cross_validation": "nabi.as_keras.libraries.old_folds",
    "sklearn.grid_search": "sklearn.model_selection", "sklearn.learning_curve": "sklearn.model_selection",
    "sklearn.utils.testing": "sklearn.utils", "sklearn.metrics.scorer": "sklearn.metrics",
    "sklearn.datasets.samples_generator": "sklearn.datasets", "sklearn.datasets.base": "sklearn.utils",
    "sklearn.preprocessing.data": "sklearn.preprocessing", "sklearn.preprocessing.label": "sklearn.preprocessing",
    "sklearn.preprocessing.imputation": OURS, "sklearn.neighbors.classification": "sklearn.neighbors",
    "sklearn.linear_model.logistic": "sklearn.linear_model", "sklearn.ensemble.forest": "sklearn.ensemble",
    "sklearn.decomposition.pca": "sklearn.decomposition", "sklearn.metrics.classification": "sklearn.metrics",
    "sklearn.metrics.regression": "sklearn.metrics", "sklearn.metrics.ranking": "sklearn.metrics",
    "sklearn.cluster.k_means_": "sklearn.cluster", "sklearn.tree.tree": "sklearn.tree", "sklearn.svm.classes": "sklearn.svm",
    "sklearn.feature_selection.univariate_selection": "sklearn.feature_selection",
    **{f"scipy.ndimage.{name}": "scipy.ndimage" for name in ("interpolation", "filters", "morphology", "measurements")},
    **{f"google{name}": "nabi.as_keras.names.colab" for name in ("", ".colab", ".colab.drive", ".colab.files", ".colab.patches",
                                                          ".colab.output", ".colab.auth", ".colab.data_table",
                                                          ".colab.userdata", ".colab.runtime")},
    "sklearn.lda": "sklearn.discriminant_analysis", "sklearn.qda": "sklearn.discriminant_analysis",
    "sklearn.externals.six": OURS, "sklearn.externals.six.moves": OURS, "sklearn.utils.linear_assignment_": OURS,
    "skimage.util.montage": "skimage.util", "skimage.util.shape": "skimage.util", "skimage.filter": "skimage.filters",
    "pandas.tools.plotting": "pandas.plotting", "pandas.tools": "pandas.plotting", "numpy.lib.function_base": "numpy",
    "six": f"{OURS}", "six.moves": f"{OURS}", "six.moves.cPickle": "pickle", "six.moves.urllib": "urllib",
    "six.moves.urllib.request": "urllib.request", "six.moves.urllib.parse": "urllib.parse", "cPickle": "pickle",
    "six.moves.urllib.error": "urllib.error", "ConfigParser": "configparser", "StringIO": "io", "urllib2": "urllib.request",
    **{name: "nabi.as_keras.libraries.picture_lists" for name in ("imutils", "imutils.paths", "imutils.convenience")},
    "Queue": "queue", "past.builtins": OURS, "past": OURS, "future.utils": OURS,
}  # fmt: skip
