"""Recurrent network: reads a sequence step by step and keeps what matters in its state.

Many to one where there is one answer an example: the state after the last step is asked.  Many to many where there is
one a step: every state is asked.  A layer reads the states of the layer before; with two directions, a second
one reads from the end, and both are asked side by side.
"""
from ..errors import BadSetting
from ..graph import BATCH
from ..knob import Knob
from ..layers import dense, describe_layer
from ..registry import Model, ops
from ._recurrent import CELLS, as_sequence, every_step, recurrent_layer, step_of


def build(graph, x, outputs, settings):
    """Tensors layer1.hidden … layerN.hidden (N, T, units), then the dense layer `output`."""
    states = as_sequence(graph, x, settings["embedding"], "recurrent")
    steps, window = states.shape[1], settings["truncate"] or 0
    for number in range(1, settings["layers"] + 1):
        states, ways = recurrent_layer(graph, states, settings["units"], settings["cell"], number,
                                       bidirectional=settings["bidirectional"], window=window,
                                       forget_bias=settings["forget_bias"])
    if graph.example.task == "sequence":
        if graph.example.length != steps:
            raise BadSetting("model.name", "a model whose answers may be fewer or more than its inputs, such as seq2seq",
                             "'recurrent'", f"It answers once a step: {steps} steps, but {graph.example.length} answers. "
                             "Some data can be laid out otherwise (data.answer).")
        asked = every_step(graph, states, "asked")
    else:
        asked = step_of(graph, ways[0].hidden, "asked")
        if settings["bidirectional"]:                   # the other direction is done when it has reached the first step
            back = step_of(graph, ways[1].hidden, "asked.reverse", step=0)
            both = graph.tensor("asked.both", (BATCH, 2 * settings["units"]))
            graph.add("asked.both", ops.get("concatenate", "model"), (asked, back, both))
            asked = both
    describe_layer(graph, "output", asked.shape[1], outputs, "linear")
    z = dense(graph, asked, outputs, "output")
    graph.alias("output.output", z)
    return z


RECORD = Model(
    "recurrent", "Reads a sequence step by step and keeps what matters in a state.",
    r"h_t = f(x_t, h_{t-1})", "J. Elman, 1990; S. Hochreiter and J. Schmidhuber, 1997; K. Cho and others, 2014",
    title="Recurrent network", build=build, takes=("sequence",),
    knobs={
        "cell": Knob("lstm", kind="choice", choices=tuple(CELLS), effect="rebuild", title="Cell",
                     help="How a state follows from the one before: plainly (rnn with tanh, rnn_relu), or through gates."),
        "units": Knob(32, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Units",
                      help="How many numbers the state of a layer has."),
        "layers": Knob(1, 1, 8, kind="integer", effect="rebuild", title="Layers",
                       help="How many recurrent layers lie on top of each other."),
        "bidirectional": Knob(False, kind="boolean", effect="rebuild", title="Both directions",
                              help="Whether a second state reads from the end, so that every step also knows what follows."),
        "truncate": Knob(None, 1, 10_000, kind="integer", optional=True, effect="rebuild", title="Truncate",
                         help="Backpropagation through time stops at the border of every so many steps; null goes all the way."),
        "embedding": Knob(16, 1, 1024, kind="integer", effect="rebuild", title="Embedding",
                          help="How many numbers stand for a token (used where the inputs are tokens)."),
        "forget_bias": Knob(1.0, -10.0, 10.0, effect="restart", title="Forget bias",
                            help="What the gates that keep start with (forget of an LSTM, update of a GRU): 1 and more "
                                 "holds on to the past at first."),
    })
