"""Report (in progress)."""


def write_report(run, model, data=None, evaluation=None):
    """Writes report.html."""
    run.report.write_text("<!doctype html>")
