"""Transformers with encoder and decoder: gradients, PyTorch's own layers with the same weights, masks, and what they learn."""
import numpy as np
import pytest

from engine import EngineError, Run, check_gradient
from engine.trial import Trial

from .kernels import need_torch
from .test_transformer import randomise

SMALL = {"width": 8, "layers": 2, "heads": 2, "factor": 2}
SORT = {"name": "sort", "answer": "apart", "length": 5, "examples": 40}
PADDED = {"name": "padded"}


def config(data=SORT, precision="float64", optimizer="sgd", rate=0.1, seed=0, **model):
    return {"data": data, "model": {"name": "encoder_decoder", **SMALL, **model}, "batch_size": 8, "precision": precision, "seed": seed,
            "optimizer": {"name": optimizer, "learning_rate": rate}}


VARIANTS = [{}, {"norm_first": False}, {"positions": "sinusoidal"}, {"positions": "rotary"}, {"positions": "none"}, {"padding": True},
            {"scaled": False, "activation": "gelu"}, {"dropout": 0.3}]
variants = pytest.mark.parametrize("model", VARIANTS, ids=lambda m: " ".join(f"{k}={v}" for k, v in m.items()) or "usual")


@variants
def test_gradients_are_slopes(model):
    report = check_gradient(config(**model))
    assert report["passed"], report


def fill(run, shortest=2):
    """Put filling (token 0) at the end of the inputs, as sequences of several lengths have it."""
    rng = np.random.default_rng(3)
    for x in (run.assembly.x, run.assembly.x_test):
        lengths = rng.integers(shortest, x.shape[1] + 1, len(x))
        x[...] = np.where(np.arange(x.shape[1]) < lengths[:, None], np.maximum(x, 1), 0)


def torch_twin(run, dtype):
    """nn.TransformerEncoder and nn.TransformerDecoder with the run's weights: a function of (x, y) -> logits, and ours -> its arrays."""
    torch = need_torch()
    from torch import nn
    model, tokens, outputs = run.config["model"], len(run.data.tokens), len(run.data.classes)
    width, steps, length = model["width"], run.data.shape[0], run.data.y_train.shape[1]
    settings = dict(d_model=width, nhead=model["heads"], dim_feedforward=model["factor"] * width, dropout=0.0, batch_first=True,
                    activation=model["activation"], norm_first=model["norm_first"])
    norm = (lambda: nn.LayerNorm(width)) if model["norm_first"] else (lambda: None)
    net = nn.ModuleDict({
        "embedding": nn.Embedding(tokens, width), "position": nn.Embedding(steps, width),
        "decoder_embedding": nn.Embedding(outputs + 1, width), "decoder_position": nn.Embedding(length, width),
        "encoder": nn.TransformerEncoder(nn.TransformerEncoderLayer(**settings), model["layers"], norm(), enable_nested_tensor=False),
        "decoder": nn.TransformerDecoder(nn.TransformerDecoderLayer(**settings), model["layers"], norm()),
        "output": nn.Linear(width, outputs)}).to(dtype)
    pairs, cross = {}, model["width"]
    for name, parameter in net.named_parameters():
        for stack in ("encoder", "decoder"):
            name = name.replace(f"{stack}.norm.", f"{stack}_norm.")
            for k in range(model["layers"]):
                name = name.replace(f"{stack}.layers.{k}.", f"{stack}{k + 1}.")
        first, _, last = name.rpartition(".in_proj_")
        if first.endswith("multihead_attn"):             # ours are two, since queries and the rest meet different sequences
            pairs[f"{first}.q_proj_{last}"] = parameter, slice(0, cross)
            pairs[f"{first}.kv_proj_{last}"] = parameter, slice(cross, None)
        else:
            pairs[name] = parameter, slice(None)
    assert set(pairs) == set(run.parameters)             # the names are PyTorch's

    def turned(name, value):
        return value if "embedding" in name or "position" in name else value.T

    with torch.no_grad():
        for name, (parameter, part) in pairs.items():
            parameter[part] = torch.from_numpy(np.array(turned(name, run.parameters[name]))).to(dtype)

    def forward(x, y):
        x, y = torch.from_numpy(np.asarray(x)).long(), torch.from_numpy(np.asarray(y)).long()
        hidden = x == 0 if model["padding"] else None
        ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
        shown = torch.cat([torch.full((len(y), 1), outputs), y[:, :-1]], 1)
        memory = net["encoder"](net["embedding"](x) + net["position"].weight, src_key_padding_mask=hidden)
        stream = net["decoder"](net["decoder_embedding"](shown) + net["decoder_position"].weight, memory, tgt_mask=ahead,
                                memory_key_padding_mask=hidden)
        return net["output"](stream).flatten(0, 1)

    def ours(of):
        return {name: turned(name, of(parameter)[part].detach().numpy()) for name, (parameter, part) in pairs.items()}
    return net, forward, ours


AS_PYTORCH = pytest.mark.parametrize("model", [{}, {"norm_first": False}, {"padding": True}, {"padding": True, "norm_first": False}],
                                     ids=["pre", "post", "pre padded", "post padded"])


@AS_PYTORCH
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_same_as_pytorch_and_twenty_steps_too(model, precision):
    torch = need_torch()
    run = Run(config(SORT | {"test_share": 0.0}, precision, **model))
    if model.get("padding"):
        fill(run)
    randomise(run)
    net, forward, ours = torch_twin(run, getattr(torch, precision))
    trial, close = Trial(run), dict(rtol=1e-9, atol=1e-10) if precision == "float64" else dict(rtol=1e-4, atol=2e-5)

    def loss(rows):
        z = forward(run.assembly.x[rows], run.assembly.y[rows])
        return z, torch.nn.functional.cross_entropy(z, torch.from_numpy(run.assembly.y[rows]).long().flatten())
    value, (z, expected) = trial.backward(), loss(trial.rows)
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=close["rtol"])
    np.testing.assert_allclose(trial.view("output.output"), z.detach().numpy(), **close)
    for name, slope in ours(lambda parameter: parameter.grad).items():
        np.testing.assert_allclose(trial.view(f"d.{name}"), slope, **close, err_msg=name)
    if precision == "float32":
        return
    teacher = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(20):
        _, expected = loss(Trial(run).rows)
        teacher.zero_grad()
        expected.backward()
        teacher.step()
        run.train(1)
        assert run.loss == pytest.approx(expected.item(), rel=1e-8)
    for name, value in ours(lambda parameter: parameter).items():
        np.testing.assert_allclose(run.parameters[name], value, rtol=1e-6, atol=1e-8, err_msg=name)


def test_the_decoder_does_not_look_ahead_and_sees_all_that_was_read():
    run = Run(config())
    randomise(run)
    made = run.assembly
    trial = Trial(run)
    z = [trial.forward() and trial.view("output.output").reshape(8, 5, -1).copy()]
    target = made.program.view(trial.arena, "target", 8)
    target[:, 3:] = (target[:, 3:] + 1) % 5
    z.append(trial.forward() and trial.view("output.output").reshape(8, 5, -1).copy())
    assert np.array_equal(z[0][:, :4], z[1][:, :4]) and np.abs(z[0][:, 4] - z[1][:, 4]).max() > 1e-6     # sign 3 is shown at step 4
    words = made.program.view(trial.arena, "input", 8)
    words[:, -2] = (words[:, -2] + 1) % 5
    trial.forward()
    assert np.abs(trial.view("output.output").reshape(8, 5, -1)[:, 0] - z[0][:, 0]).max() > 1e-6


def test_padding_is_not_looked_at_by_either_stack():
    run = Run(config(padding=True, positions="none"))
    randomise(run)
    x = np.maximum(run.data.raw_train[:6], 1)
    x[:, 4:] = 0
    maps = run.forward(x, ["encoder1.attention", "decoder2.cross.attention"])
    for weights in maps.values():
        assert (weights[..., 4:] == 0).all()
        np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-12)
    shifted = np.roll(x, 1, axis=1)                      # the filling goes to both ends: nothing else has changed
    np.testing.assert_allclose(run.predict(shifted), run.predict(x), rtol=1e-9, atol=1e-12)


def test_probes_show_all_three_kinds_of_looking():
    run = Run(config(heads=4))
    found = run.probe("attention")
    assert found["blocks"] == ["encoder1", "encoder2", "decoder1", "decoder1.cross", "decoder2", "decoder2.cross"]
    assert found["decoder1.cross"].shape == (4, 5, 6) and found["decoder1"].shape == (4, 5, 5) and found["encoder1"].shape == (4, 6, 6)
    assert found["looks"]["decoder1.cross"] == ["written", "read"] and found["looks"]["encoder2"] == ["read", "read"]
    assert (np.triu(found["decoder2"][0], 1) == 0).all()
    for block in found["blocks"]:
        np.testing.assert_allclose(found[block].sum(-1), 1, rtol=1e-6)
    effect = run.probe("ablation", {"limit": 16})
    assert effect["loss"].shape == (6, 4) and np.abs(effect["loss"] - effect["loss_whole"]).min() > 0


@pytest.mark.parametrize("model, data, field, words", [
    ({"heads": 3}, SORT, "model.heads", "divides the width, 8"), ({"positions": "rotary", "heads": 8}, SORT, "encoder1.self_attn: rotary positions", "even"),
    ({"activation": ["relu", "relu"]}, SORT, "model.activation", "one activation"), ({}, {"name": "parity"}, "model.name", "one answer"),
    ({}, {"name": "spiral"}, "model.name", "one answer"), ({"positions": "fourier"}, SORT, "model.positions", "learned")])
def test_what_cannot_be_built_is_refused_by_name(model, data, field, words):
    with pytest.raises(EngineError) as error:
        Run(config(data, **model))
    assert error.value.field == field and words in str(error.value)


# ---------------------------------------------------------------- what they learn

def trained(task, steps, seed, rate=0.003, examples=4000, share=0.1, data=(), **model):
    run = Run({"data": {"name": task, "answer": "apart", "examples": examples, "test_share": share, **dict(data)}, "seed": seed,
               "model": {"name": "encoder_decoder", **model}, "optimizer": {"name": "adam", "learning_rate": rate}})
    run.train(steps)
    return run


def test_overfits_eight_samples():
    run = trained("reverse", 200, 1, examples=20, share=0.6)
    assert len(run.assembly.x) == 8 and run.metrics()["exact_train"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("task, steps", [("copy", 200), ("reverse", 200), ("sort", 400)])
def test_letters_never_seen_are_copied_reversed_and_sorted(task, steps, seed):
    """Over 95 % of 400 unseen answers are right in every letter.  Measured on these seeds: all of them."""
    assert trained(task, steps, seed).metrics()["exact_test"] > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_never_seen_are_right(seed):
    """Two numbers of two digits, written from the last digit, rotary positions: of 500 sums never seen over 90 % are right.  When it
    finds out is a matter of rounding, so it may take up to 2400 steps.  Measured on these seeds and four ways to round: 94 to 100 %
    after 600 to 1200 steps, 10 % still after 400 with seed 3."""
    run = trained("arithmetic", 400, seed, examples=5000, data={"digits": 2, "reversed": True}, positions="rotary")
    while run.step < 2400 and run.metrics()["exact_test"] <= 0.9:
        run.train(200)
    assert run.metrics()["exact_test"] > 0.9
