"""Measuring a run without touching it: outputs for any rows, losses and scores over whole sets."""
import numpy as np

from . import execute

PLANS = 16                               # of a predictor that are kept


class Predictor:
    """A forward pass over many rows, in an arena of its own, with the run's present parameters."""

    def __init__(self, assembly):
        self.assembly, self.arena, self._plans, self._kept = assembly, None, {}, {}

    def outputs(self, run, x, names=("output",), y=None, loss=False):
        """The named tensors for network inputs x (n, features) as a dict of (n, ...) arrays; with `loss` also the mean loss.

        A network that reads the answer so far (a decoder) is shown the right one for the loss, as in training, and
        its own for the outputs, as when nobody knows the answer.
        """
        if self.assembly.graph.feeds_back and names:
            mean = self._pass(run, x, (), y)[1] if loss else None
            found, _ = self._pass(run, x, names, self._own_answers(run, x, y))
        else:
            found, mean = self._pass(run, x, names, y)
        return (found, mean) if loss else found

    def _own_answers(self, run, x, y):
        """The network's own answers (n, length), one position after the other; -1 where y says that nothing is asked."""
        length = self.assembly.y.shape[1]
        own = np.full((len(x), length), -1, self.assembly.precision)
        for k in range(length):
            z = self._pass(run, x, ("output",), own)[0]["output"].reshape(len(x), length, -1)
            own[:, k] = z[:, k].argmax(1)
            if y is not None:
                own[y[:, k] < 0, k] = -1
        return own

    def _pass(self, run, x, names, y):
        made, n = self.assembly, len(x)
        ready = self.ready(run, n)
        if y is None:
            y = np.zeros((n, made.y.shape[1]), made.precision)
        shapes, places, wanted, size = self._plan(tuple(names), n)
        out = np.empty(size, made.precision)
        mean = execute.forward(*ready, x, y, places, made.chunk, wanted, out)
        found = {name: out[start:start + width * n].reshape(shape)
                 for name, shape, (_, width, start) in zip(names, shapes, wanted.tolist())}
        return found, float(mean)

    def ready(self, run, n):
        """What a compiled loop over n rows begins with: the forward kernels (the loss is the last), the arena with the
        run's present parameters, and the tables of full chunks and of the last one."""
        made, program = self.assembly, self.assembly.predicting
        if self.arena is None:
            self.arena = made.fresh_arena(program)
        self.arena[:program.state_count] = run.arena[:program.state_count]
        return (made.addresses_of(program), self.arena, made.tables(program, made.chunk),
                made.tables(program, n % made.chunk or made.chunk))

    def kept(self, key, make):
        """What `make()` gave when this key was first asked for: plans of pictures, good for as long as the network stays."""
        if key not in self._kept:
            if len(self._kept) >= PLANS:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]

    def _plan(self, names, n):
        """Where the named tensors are read and put for n rows (kept): shapes, places of input, target and loss, `wanted`, size."""
        if (names, n) not in self._plans:
            program = self.assembly.predicting
            tensors = [program.output if name == "output" else program.names[name] for name in names]
            widths = [tensor.size(1) for tensor in tensors]
            starts = np.cumsum([0, *(width * n for width in widths)])
            wanted = np.array([(program.offsets[t], w, s) for t, w, s in zip(tensors, widths, starts)],
                              np.int64).reshape(-1, 3)
            places = np.array([program.offsets[t] for t in (program.input, program.target, program.loss)])
            if len(self._plans) >= PLANS:
                self._plans.clear()
            self._plans[names, n] = [tensor.sized(n) for tensor in tensors], places, wanted, int(starts[-1])
        return self._plans[names, n]


def metrics(run, predictor):
    """loss_train, loss_test, and accuracy (classes) or r2 (regression) of both; None where there is no test set.

    The same with _validation where rows are kept for that.
    """
    made, found = run.assembly, {}
    for part, x, y, truth in (("train", made.x, made.y, made.data.y_train),
                              ("validation", made.x_validation, made.y_validation, made.data.y_validation),
                              ("test", made.x_test, made.y_test, made.data.y_test)):
        score = "r2" if made.data.task == "regression" else "accuracy"
        if len(x) == 0 and part == "validation":
            continue
        if len(x) == 0:
            found[f"loss_{part}"] = found[f"{score}_{part}"] = None
            continue
        outputs, loss = predictor.outputs(run, x, y=y, loss=True)
        found[f"loss_{part}"] = loss
        if score == "r2":
            found[f"r2_{part}"] = r_squared(outputs["output"], truth)
        elif made.data.task in ("sequence", "labels"):
            scores = sequence_scores if made.data.task == "sequence" else label_scores
            found |= {f"{name}_{part}": value for name, value in scores(outputs["output"], truth).items()}
        else:
            found[f"accuracy_{part}"] = float(np.count_nonzero(predicted_class(outputs["output"]) == truth) / len(truth))
    return found


def sequence_scores(outputs, truth):
    """accuracy: share of scored positions that are right; exact: share of sequences right at all of them (−1: not scored)."""
    right = outputs.argmax(1).reshape(truth.shape) == truth
    scored = truth >= 0
    return {"accuracy": float(right[scored].mean()) if scored.any() else None,
            "exact": float((right | ~scored).all(1).mean())}


def label_scores(outputs, truth):
    """accuracy: 1 − changes needed / labels asked, at least 0; exact: share of label strings that are right (CTC)."""
    said = read_labels(outputs, len(truth))
    asked = [row[row >= 0].tolist() for row in truth]
    changes = sum(edits(a, b) for a, b in zip(said, asked))
    return {"accuracy": max(0.0, 1 - changes / max(1, sum(map(len, asked)))),
            "exact": float(np.mean([a == b for a, b in zip(said, asked)]))}


def read_labels(outputs, n):
    """The likeliest path of outputs (n·T, labels + 1), read as CTC does: repetitions dropped, then blanks (the last class)."""
    blank = outputs.shape[1] - 1
    paths = outputs.argmax(1).reshape(n, -1)
    return [[int(k) for k, before in zip(path, [-1, *path[:-1]]) if k not in (before, blank)] for path in paths]


def edits(a, b):
    """How many labels must be put in, taken out or exchanged to make b of a (V. Levenshtein, 1965)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


def round_trip(points, order):
    """Lengths (m,) of the round trips `order` (m, n) through points (m, n, 2)."""
    way = np.take_along_axis(points, order[:, :, None], axis=1)
    return np.sqrt(((way - np.roll(way, -1, axis=1)) ** 2).sum(-1)).sum(1)


def predicted_class(outputs):
    """The class of each row of outputs (n, 1) or (n, C): one output decides at 0, several by the largest."""
    return (outputs[:, 0] > 0).astype(np.int64) if outputs.shape[1] == 1 else outputs.argmax(1)


def r_squared(outputs, truth):
    """1 − squared error / spread of the truth: 1 is perfect, 0 is as good as always saying the mean; None without a spread."""
    truth = np.asarray(truth, np.float64).reshape(len(outputs), -1)
    spread = ((truth - truth.mean(0)) ** 2).sum()
    error = ((outputs - truth) ** 2).sum(dtype=np.float64)
    return 1 - float(error / spread) if spread > 0 else None


def probabilities(run, outputs):
    """Class probabilities (n, C) from outputs; a single output gives the two columns 1 − p and p.

    Errors: BadSetting for a regression, which has no classes.
    """
    from .errors import BadSetting
    if run.data.task == "regression":
        raise BadSetting("probabilities", "a run with classes", "a regression", "Use predict.")
    z = np.asarray(outputs, np.float64)
    if z.shape[1] == 1:
        p = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
        return np.hstack([1 - p, p])
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def signed(run, outputs):
    """Outputs as they are drawn, (n, 1) signed: 2p − 1 for two classes, the value itself otherwise."""
    loss = run.config["loss"]["name"]
    if run.data.task == "binary" and loss in ("binary_cross_entropy", "cross_entropy"):
        return 2 * probabilities(run, outputs)[:, 1:] - 1
    return outputs if outputs.shape[1] == 1 else outputs[:, 1:] - outputs[:, :1] if run.data.task == "binary" else outputs
