"""TensorFlow: the part of `tensorflow` besides Keras that scripts touch, one topic a file."""
