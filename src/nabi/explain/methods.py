"""Methods: the maps of one picture for one class, by name: what `nabi explain --method` takes and a sanity check makes again."""

from collections.abc import Callable

from nabi.explain.cam import cam
from nabi.explain.grad_cam import grad_cam
from nabi.explain.grad_cam_plus_plus import grad_cam_plus_plus
from nabi.explain.guided_backpropagation import guided_backpropagation
from nabi.explain.integrated_gradients import integrated_gradients
from nabi.explain.occlusion import occlusion
from nabi.explain.result import Explanation
from nabi.explain.saliency import saliency
from nabi.explain.smooth_grad import smooth_grad

METHODS: dict[str, Callable[..., Explanation]] = {method.__name__: method for method in (
    saliency, smooth_grad, integrated_gradients, guided_backpropagation, occlusion, cam, grad_cam, grad_cam_plus_plus)}
