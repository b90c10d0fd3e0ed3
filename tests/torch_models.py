"""Our networks once more as PyTorch modules, holding our weights: what the models' tests compare with."""
import numpy as np

from .kernels import need_torch


def norm_of(nn, kind, shape, groups):
    """PyTorch's normalisation of that kind for a (channels, ...) shape."""
    channels = shape[0]
    batch = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
    return {"batch": lambda: batch(channels), "layer": lambda: nn.LayerNorm(shape), "rms": lambda: nn.RMSNorm(shape, eps=1e-5),
            "group": lambda: nn.GroupNorm(groups, channels), "none": nn.Identity}[kind]()


def bend_of(nn, name):
    return {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}[name]()


def torch_twin(run):
    """A module with the run's present weights; its named parts are layer1, layer2 … and layer1_norm …"""
    torch = need_torch()
    from torch import nn
    settings, name = run.config["model"], run.config["model"]["name"]
    parts = nn.ModuleDict()
    program = run.assembly.program
    shapes = {p.name: p.shape for p in program.parameters}
    for layer in run.layers:
        key = layer["name"]
        shape = shapes[f"{key}.weight"]
        bias = f"{key}.bias" in shapes
        if len(shape) == 4:
            parts[key] = nn.Conv2d(shape[1], shape[0], shape[2:], settings["stride"], padding_of(settings, shape[2]),
                                   settings["dilation"], bias=bias)
        else:
            parts[key] = nn.Linear(*shape, bias=bias)
        if f"{key}.norm.weight" in shapes:
            tensor = next(n.operands[0] for n in run.assembly.graph.nodes if n.name == f"{key}.norm")
            parts[f"{key}_norm"] = norm_of(nn, settings["normalization"], list(tensor.shape[1:]), settings["groups"])
    bend = bend_of(nn, settings["activation"])

    def mlp(x):
        for layer in run.layers[:-1]:
            x = bend(normed(layer["name"], parts[layer["name"]](x)))
        return parts[run.layers[-1]["name"]](x)

    def normed(key, x):
        return parts[f"{key}_norm"](x) if f"{key}_norm" in parts else x

    def residual(x):
        x = bend(parts["layer1"](x))
        for layer in run.layers[1:-1]:
            key = layer["name"]
            inner = bend(parts[key](normed(key, x) if settings["norm_first"] else x))
            inner = x + inner if settings["skip"] else inner
            x = inner if settings["norm_first"] else normed(key, inner)
        last = run.layers[-1]["name"]
        return parts[last](normed(last, x) if settings["norm_first"] else x)

    def cnn(x):
        x = x.reshape(-1, *run.data.shape)
        sizes = settings["pool"] * len(settings["channels"]) if len(settings["pool"]) == 1 else settings["pool"]
        pool = {"max": nn.functional.max_pool2d, "average": nn.functional.avg_pool2d, "none": lambda x, size: x}[settings["pooling"]]
        for layer, size in zip(run.layers, sizes):
            x = pool(bend(normed(layer["name"], parts[layer["name"]](x))), size)
        x = x.mean((2, 3)) if settings["global_average"] else x.flatten(1)
        for layer in run.layers[len(sizes):-1]:
            x = bend(normed(layer["name"], parts[layer["name"]](x)))
        return parts[run.layers[-1]["name"]](x)

    class Twin(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = parts

        def forward(self, x):
            return {"mlp": mlp, "residual_mlp": residual, "cnn": cnn}[name](x)

    twin = Twin().to(getattr(torch, run.config["precision"]))
    with torch.no_grad():
        for ours, theirs in pairs(run, twin):
            theirs.copy_(torch.tensor(np.array(ours)))
    return twin


def padding_of(settings, kernel):
    return settings["dilation"] * (kernel - 1) // 2 if settings["padding"] is None else settings["padding"]


def pairs(run, twin):
    """(our array, PyTorch's tensor) of every parameter and statistic, both the same way round."""
    program = run.assembly.program
    for parameter in (*program.parameters, *program.statistics):
        layer, _, part = parameter.name.partition(".")
        module = twin.parts[f"{layer}_norm" if part.startswith("norm.") else layer]
        tensor = getattr(module, part.removeprefix("norm."))
        ours = program.view(run.arena, parameter.name, 0)
        yield ours.T if part == "weight" and ours.ndim == 2 else ours, tensor.data if hasattr(tensor, "data") else tensor


def check_against_torch(config, steps=20, close=1e-9, data=None):
    """The same forward pass, then `steps` training steps on the whole set from the same weights, then inference."""
    from engine import Run
    torch = need_torch()
    run = Run({"precision": "float64", "batch_size": 65536, "optimizer": {"name": "sgd", "learning_rate": 0.05}, **config}, data)
    twin, made = torch_twin(run), run.assembly
    optimizer = torch.optim.SGD(twin.parameters(), lr=run.config["optimizer"]["learning_rate"])
    x, y = torch.tensor(made.x), torch.tensor(made.y)
    loss_of = torch.nn.BCEWithLogitsLoss() if made.output.shape[1] == 1 else torch.nn.CrossEntropyLoss()
    y = y if made.output.shape[1] == 1 else y[:, 0].long()
    for step in range(steps):
        optimizer.zero_grad()
        loss = loss_of(twin(x), y)
        loss.backward()
        run.train(1)
        np.testing.assert_allclose(run.loss, loss.item(), rtol=close, atol=close, err_msg=f"step {step}")
        optimizer.step()
    for ours, theirs in pairs(run, twin):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=100 * close, atol=close)
    twin.eval()
    np.testing.assert_allclose(run.predict(run.data.raw_train), twin(x).detach().numpy(), rtol=100 * close, atol=100 * close)
