"""Sequence to sequence: one recurrent network reads a sequence, a second one writes another from what the first remembers.

The encoder's states after the last step are the states the decoder begins with: without attention, all that is known of the
input must pass through them.  With it the decoder also looks back at the encoder's states of all steps (_attentive.py).
The decoder is shown the answer so far, in training the right one (teacher forcing), in prediction its own
(engine/measure.py), and says the next sign.
Source: I. Sutskever, O. Vinyals and Q. Le, 2014;  D. Bahdanau, K. Cho and Y. Bengio, 2015;  T. Luong, H. Pham and C. Manning, 2015.
"""
from ..errors import BadSetting
from ..graph import BATCH
from ..knob import Knob
from ..layers import dense, describe_layer
from ..registry import Model, ops
from ._attentive import look_back, step_by_step
from ._recurrent import CELLS, States, as_sequence, embed, every_step, recurrent_layer, step_of

ATTENTION = ("none", "additive", "dot_product")


def build(graph, x, outputs, settings):
    """Tensors encoder1.hidden …, decoder1.hidden … (N, length, units), then the dense layer `output`.

    With attention also decoder.attention (N, 1, length, T): row k says at which steps of the input the decoder looks for sign k.
    """
    if graph.example.task != "sequence":
        raise BadSetting("model.name", "a model with one answer an example, such as recurrent", "'seq2seq'",
                         "It writes a sequence of classes.")
    units, kind, forget = settings["units"], settings["cell"], settings["forget_bias"]
    states, memories = as_sequence(graph, x, settings["embedding"], "seq2seq"), []
    for number in range(1, settings["layers"] + 1):
        name = f"encoder{number}"
        states, (way,) = recurrent_layer(graph, states, units, kind, number, "encoder", name, forget_bias=forget)
        memories.append(States(step_of(graph, way.hidden, f"{name}.last"),
                               way.cell and step_of(graph, way.cell, f"{name}.last_cell")))
    read, shown = states, graph.tensor("decoder.input", (BATCH, graph.example.length), learns=False)
    graph.add("decoder.input", ops.get("shift_right", "model"), (graph.answer_so_far(), shown), {"start": outputs})
    states = embed(graph, shown, outputs + 1, settings["embedding"], "decoder_embedding")     # the classes and the start
    if settings["attention"] == "additive":
        states = step_by_step(graph, states, read, memories, units, kind, forget)
    else:
        for number, memory in enumerate(memories, 1):
            states, _ = recurrent_layer(graph, states, units, kind, number, "decoder", f"decoder{number}", start=memory,
                                        forget_bias=forget)
    asked = every_step(graph, states, "asked")
    if settings["attention"] == "dot_product":
        asked = look_back(graph, asked, read, graph.example.length)
    describe_layer(graph, "output", units, outputs, "linear")
    z = dense(graph, asked, outputs, "output")
    graph.alias("output.output", z)
    return z


RECORD = Model(
    "seq2seq", "One recurrent network reads a sequence, a second one writes another from what the first remembers.",
    r"p(y_k \mid y_{<k}, x) = \mathrm{softmax}(W h^{dec}_k + b),\quad h^{dec}_0 = h^{enc}_T",
    "I. Sutskever, O. Vinyals and Q. Le, 2014", title="Encoder and decoder", build=build, takes=("sequence",),
    knobs={
        "cell": Knob("lstm", kind="choice", choices=tuple(CELLS), effect="rebuild", title="Cell",
                     help="How a state follows from the one before, in encoder and decoder."),
        "units": Knob(64, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Units",
                      help="How many numbers the state of a layer has: all that the decoder learns of the input."),
        "attention": Knob("none", kind="choice", choices=ATTENTION, effect="rebuild", title="Attention",
                          help="Whether the decoder looks back at every step that was read. additive: before each sign, and a small "
                               "network says where. dot_product: after each step, where states point the same way."),
        "layers": Knob(1, 1, 8, kind="integer", effect="rebuild", title="Layers",
                       help="How many recurrent layers encoder and decoder have each."),
        "embedding": Knob(16, 1, 1024, kind="integer", effect="rebuild", title="Embedding",
                          help="How many numbers stand for a token."),
        "forget_bias": Knob(1.0, -10.0, 10.0, effect="restart", title="Forget bias",
                            help="What the gates that keep start with (forget of an LSTM, update of a GRU): 1 and more "
                                 "holds on to the past at first."),
    })
