"""Report: a run as one HTML page that needs no network: headline, curves, confusion, misread pictures, classes, network, recipe.

    page       head, style, header, footer           sections     what stands between
    inside     gradients, dead units, time, pace     looks        filters, feature maps, Grad-CAM, the diagram
    chart      learning curves as SVG                chart_many   several lines, bars, the reliability diagram
    ridges     distributions as SVG                  markup       elements whose text is always escaped
    checked    another page: what a check of pictures found
"""

from nabi.lab.report.checked import write_check
from nabi.lab.report.page import write_report

__all__ = ["write_check", "write_report"]
