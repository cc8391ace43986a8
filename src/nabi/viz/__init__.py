"""Figures from arrays and plain dicts, in one look; each function returns a matplotlib figure, `save` writes it as PNG.

    learning_curves      training against validation, the best epoch marked
    confusion_matrix     which class was taken for which
    picture_grid         images side by side
    misread_grid         misread images with truth, answer and probability
    digit_cards          handwritten digits as the network saw them, with ten bars each
    activation_curves    functions with their derivatives
    lines                numbers over a common axis, each line named at its end, repeats as a band
    bars                 one number for each thing that is compared, repeats as dots
    distributions        how the numbers of layers are spread, epoch after epoch
    reliability          how sure a network is against how often it is right
    roc_curve            one class found against the other taken for it, and the area under the curve
    rate_range           the loss while the learning rate rises (`model.lr_find`)
    heat_maps            a picture, and maps over it: where it counts for or against an answer
    map_grid             feature maps or filters on one scale with a fixed zero
    deletion_curve       the answer while the pixels that count most are taken away
    embedding            pictures as points, coloured by class
    decision_boundary    what a network answers at every place of a plane (`plane` gives the places), with its points on top
    panels               arrays side by side, as pictures or as cells with their numbers, with signs between them
    evidence             what each final feature contributes to each class
    explanation_sheet    a picture, maps by several methods, and what their checks say
    number_table         numbers in columns, a row marked
    experiment           ways of training beside each other: curves with the spread over seeds, and what each run reached
    search               the trials of a hyper-parameter search, and the value over each entry
    step_tables          small tables side by side: an optimizer's first steps with every number (`nabi.race`)
    tiny_net             a few units, their weights old and new, what went forward and what came back
    traced_number        how one number of a network came about (`nabi.trace`)
    tuning_curves        how strongly filters answer bars of each direction
    receptive_field      the places of the input that a unit sees (`nabi.trace`)
    optimizer_race       paths of optimizers on a contour map (`nabi.race`); `save_race` also as animation or page
    film_frame           a training at one epoch: filters, maps, activations, boundary, misread pictures (`nabi film`)
    save_film            any pictures one after the other, as GIF, MP4 or page
    line_fit             batch, mini-batch and stochastic descent on the error surface of a line (`nabi.race`)
    network_diagram      layers as cards, with the lines between them, as SVG (`nabi.utils.plot_model`)
    network_sheet        a network folded to a page: blocks, repeats, shapes, parameters (`nabi draw`)
    neurons              small networks: units as circles, weights as lines as wide as they are heavy
    wiring               who is joined to whom in a layer, and by which weight
    stages               maps on their way through a network as boxes in perspective
    flattening           a picture as a vector
    landscape            named points over a logarithmic scale: what things cost and what they bring
    timeline             what happened when, with bars beside it

Example:
    >>> from nabi import viz
    >>> png = viz.png(viz.confusion_matrix([[9, 1], [0, 10]], ["cat", "dog"]))
    >>> png[1:4]
    b'PNG'
"""

from nabi.core.attributes import offer_nearest
from nabi.viz.activations import activation_curves
from nabi.viz.bars import bars
from nabi.viz.boundary import decision_boundary, plane
from nabi.viz.confusion import confusion_matrix
from nabi.viz.curves import learning_curves
from nabi.viz.deletion import deletion_curve
from nabi.viz.diagram import network_diagram, network_sheet
from nabi.viz.digits import digit_cards
from nabi.viz.distributions import distributions
from nabi.viz.evidence import evidence
from nabi.viz.experiment import experiment
from nabi.viz.explained import explanation_sheet
from nabi.viz.film import save_film
from nabi.viz.film_frames import epoch_name, film_frame, film_frames, film_title
from nabi.viz.flattening import flattening
from nabi.viz.heat import heat_maps
from nabi.viz.landscape import landscape
from nabi.viz.lines import lines
from nabi.viz.maps import map_grid
from nabi.viz.panels import panels
from nabi.viz.pictures import misread_grid, picture_grid
from nabi.viz.points import embedding
from nabi.viz.race import optimizer_curves, optimizer_race, race_sweep
from nabi.viz.race_film import save_race
from nabi.viz.race_fit import line_fit
from nabi.viz.rates import rate_range
from nabi.viz.receptive import receptive_field
from nabi.viz.reliability import reliability
from nabi.viz.roc import roc_curve
from nabi.viz.search import search
from nabi.viz.stages import stages
from nabi.viz.step_tables import step_tables
from nabi.viz.style import png, save
from nabi.viz.tables import number_table
from nabi.viz.timeline import timeline
from nabi.viz.tiny_net import tiny_net
from nabi.viz.traced import traced_number
from nabi.viz.tuning import tuning_curves
from nabi.viz.wiring import neurons, wiring

__all__ = ["activation_curves", "bars", "confusion_matrix", "decision_boundary", "deletion_curve", "digit_cards",
           "distributions", "embedding", "epoch_name", "evidence", "experiment", "explanation_sheet", "film_frame",
           "film_frames", "film_title", "flattening", "heat_maps", "landscape", "learning_curves", "line_fit", "lines",
           "map_grid", "misread_grid", "network_diagram", "network_sheet", "neurons", "number_table", "optimizer_curves",
           "optimizer_race", "panels", "picture_grid", "plane", "png", "race_sweep", "rate_range", "receptive_field",
           "reliability", "roc_curve", "save", "save_film", "save_race", "search", "stages", "step_tables", "timeline",
           "tiny_net", "traced_number", "tuning_curves", "wiring"]

offer_nearest(__name__, __all__)
