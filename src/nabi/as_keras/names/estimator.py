"""Estimator: modules of TensorFlow 1 and 2 beside Keras that nabi does not have."""

__all__: list[str] = []
INSTEAD = {"LinearModel": "Dense(1) is a linear model.", "WideDeepModel": "Concatenate() joins two branches.",
           "model_to_estimator": "fit, evaluate and predict of the model do what an estimator does."}
