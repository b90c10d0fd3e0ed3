"""The shelf: which panels and labs there are.  Being in the folder is being on the shelf; lab.py says what a lab is."""
import logging
import threading
from pathlib import Path

from .errors import Refused
from .lab import Known, Lab, read_lab

log = logging.getLogger("playground")

WEB = Path(__file__).resolve().parent.parent / "web"
FIRST = "playground"


class Shelf:
    """Panels and labs, read anew where a file changed; sessions ask from their own threads.

    more      a teacher's own folder; a lab there takes the place of one of the same name here
    probes    names of the probes there are, where that is known
    check     called with a config; raises what is wrong with it
    after     called with a config and changes; gives the config that comes of them
    """

    def __init__(self, web=WEB, more=None, check=None, after=None, probes=None):
        self.web, self.folders = Path(web), [Path(web) / "labs", *([Path(more)] if more else [])]
        self.probes = frozenset(probes) if probes else None
        self._given = {name: one for name, one in (("check", check), ("after", after)) if one}
        self._seen, self._labs, self._lock = None, {}, threading.Lock()
        self._problems = []

    def panels(self):
        """The addresses of all panel modules."""
        return [f"/panels/{path.name}" for path in self._panel_files()]

    def _panel_files(self):
        folder = self.web / "panels"
        return sorted(folder.glob("*.js")) if folder.is_dir() else []

    @property
    def problems(self):
        """What is wrong with the labs that are left out, a sentence each."""
        self._read()
        return list(self._problems)

    def labs(self):
        """What the shelf shows of every lab, in order."""
        shown = ("name", "title", "wonder", "teaches", "minutes", "order", "own")
        return [{key: lab[key] for key in shown if key in lab} | {"steps": len(lab["steps"])} for lab in self._read().values()]

    def lab(self, name=None):
        """One lab, whole; the first where none is named."""
        labs = self._read()
        if name is None:
            name = FIRST if FIRST in labs else next(iter(labs))
        if name not in labs:
            raise Refused("lab", "one of " + ", ".join(labs), repr(name))
        return labs[name]

    def first_panels(self, name):
        """Names of the panels a lab begins with, whether somebody follows its steps or not; none where there is no such lab."""
        lab = self._read().get(name)
        if lab is None:
            return []
        own = [panel["name"] for panel in lab["panels"] if not panel.get("when")]
        return sorted({*own, *(lab["steps"][0].get("show", ()) if lab["steps"] else ())})

    def start(self, name=None):
        """The config a lab begins with."""
        return self.lab(name)["config"]

    def _read(self):
        with self._lock:
            files = [path for folder in self.folders if folder.is_dir() for path in sorted(folder.glob("*.toml"))]
            seen = [(path, *_stamp(path)) for path in (*files, *self._panel_files())]
            if seen != self._seen:
                self._labs, self._problems = self._all(files)
                self._seen = seen
            return self._labs

    def _all(self, files):
        panels = frozenset(path.stem for path in self._panel_files()) or None
        known = Known(panels=panels, probes=self.probes, **self._given)
        labs, problems = {}, []
        for path in files:
            try:
                own = {"own": True} if path.parent != self.folders[0] else {}
                labs[path.stem] = {"name": path.stem, **read_lab(path, known), **own}
            except Refused as problem:
                problems.append(str(problem))
                log.error("a lab is left out: %s", problem)
        if not labs:
            labs[FIRST] = {"name": FIRST, **Lab(title="Playground", order=0).model_dump(exclude_none=True)}
        return dict(sorted(labs.items(), key=lambda item: (item[1]["order"], item[0]))), problems


def _stamp(path):
    """When a file was changed and how long it is; one that has just gone is read, and then told of, as missing."""
    try:
        about = path.stat()
        return about.st_mtime_ns, about.st_size
    except OSError:
        return None, None
