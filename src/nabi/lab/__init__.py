"""Lab: where data, networks, training and figures meet: recipe -> run folder -> report."""

from nabi.lab.recipe import Recipe
from nabi.lab.recorder import RunRecorder, new_folder

__all__ = ["Recipe", "RunRecorder", "new_folder"]
