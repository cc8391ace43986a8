"""nabi in Keras' place for one test; afterwards everything is as it was."""

import warnings

import pytest

from nabi.as_keras import install_as_keras, uninstall_as_keras


@pytest.fixture
def served():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        install_as_keras()
        try:
            yield
        finally:
            uninstall_as_keras()
