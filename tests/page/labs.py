"""Labs for tests of the shelf and of several runs: real ones, small, in a folder of a teacher."""
from pathlib import Path

CONTROLS = '[controls]\nfirst = ["data.name", "optimizer.learning_rate", "batch_size"]\n'
PLACES = "".join(f'[[panels]]\nname = "{name}"\nrow = {row}\nwidth = {width}\n'
                 for name, row, width in (("network", 1, 14), ("surface", 1, 10), ("curves", 2, 12), ("layers", 2, 12)))
CONFIG = """[config]
batch_size = 32
seed = 7
[config.data]
name = "{data}"
[config.model]
name = "mlp"
hidden = [4]
[config.loss]
name = "binary_cross_entropy"
[config.optimizer]
name = "adam"
learning_rate = 0.03
"""
STEPS = "".join(f'[[steps]]\ntitle = "Step {number}"\nsay = "Look."\n' for number in (1, 2, 3))


def lab(title, wonder, order, data="circle", more="", steps=""):
    """The text of a lab's file."""
    return f'title = "{title}"\nwonder = "{wonder}"\norder = {order}\nminutes = {order}\nspeed = 250\n' + more + CONFIG.format(data=data) + PLACES + CONTROLS + steps


def rate(value):
    """A lane at another learning rate."""
    return f'[[runs]]\nlabel = "η = {value}"\nchanges = {{ "optimizer.learning_rate" = {value} }}\n'


def write(folder):
    """A folder with three labs that can be read and one that cannot."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rings.toml").write_text(lab("Rings", "Can a line go round?", 11, steps=STEPS), encoding="utf-8")
    (folder / "moons.toml").write_text(lab("Two moons", "Where does one end?", 12, data="moons"), encoding="utf-8")
    (folder / "rates.toml").write_text(lab("Seven rates", "How fast is too fast?", 13) + "".join(map(rate, (0.0001, 0.001, 0.3))), encoding="utf-8")
    (folder / "broken.toml").write_text('title = "Broken"\n[config]\nbatch_size = "many"\n', encoding="utf-8")
    return folder
