"""Neural networks by hand: graphs, training, measuring.  A pure library: no I/O, no clock, no threads, prints nothing.

    from engine import Run
    run = Run({"data": {"name": "spiral"}})
    run.train(1000)
    run.metrics()
"""
from .advice import advise
from .catalog import describe
from .compiling import compile_kernels, kernels_of
from .csv_table import inspect as inspect_csv
from .data import thumbnail
from .errors import BadSetting, EngineError, ShapeError, UnknownName
from .figures import figure
from .gradcheck import check_gradient
from .limits import default_config, parameter_count
from .run import Run
from .torch_script import torch_script
from .twin import after as config_after

__all__ = ["BadSetting", "EngineError", "Run", "ShapeError", "UnknownName", "advise", "check_gradient", "compile_kernels",
           "config_after", "default_config", "describe", "figure", "inspect_csv", "kernels_of", "parameter_count", "thumbnail",
           "torch_script"]
