"""Models: graphs of layers, chains, weight stores, summaries and files."""

from nabi.core.attributes import offer_nearest
from nabi.core.registry import register
from nabi.layers import Input
from nabi.layers.layer import Layer
from nabi.models.cloning import clone_model, model_from_json
from nabi.models.graph import Graph
from nabi.models.model import Model
from nabi.models.plotting import plot_model
from nabi.models.saving import load_model, save_model
from nabi.models.sequential import Sequential
from nabi.models.store import Store

for _thing in (Model, Sequential, plot_model):
    register("model")(_thing)

__all__ = ["Graph", "Input", "Layer", "Model", "Sequential", "Store", "clone_model", "load_model", "model_from_json",
           "save_model"]

offer_nearest(__name__, __all__)
