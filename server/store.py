"""Who finds a session: by its secret in memory, else on disk; how many there may be; when one rests or leaves.

With several servers this is the one place to change: a session's name would carry its server.
"""
import asyncio
import contextlib
import logging
import random
import secrets
import time

from . import checkpoint, saving
from .errors import Refused
from .session import Session

log = logging.getLogger("playground")

SWEEP = 600                   # seconds between looks at what lies on the disk


class Store:
    """All sessions of this server, each with a task that keeps it, rests it and lets it go.

    scheduler   gives them turns
    make        make(config) gives a run; restore(bytes) one from a snapshot
    lab_of      gives a lab by its name
    """

    def __init__(self, settings, scheduler, make, restore, lab_of, limits, prepare, deliver, clock=time.monotonic,
                 precisions=None):
        self.settings, self.scheduler, self.make, self.restore = settings, scheduler, make, restore
        self.lab_of, self.limits, self.prepare, self.deliver, self.clock = lab_of, limits, prepare, deliver, clock
        self.precisions = precisions
        self.sessions = {}                                   # file name -> session
        self._locks = {}                                     # file name -> who reads or writes the file
        self._tasks = set()

    # ---- finding and making

    async def find(self, secret, lab=None):
        """The session of this secret (and this lab, where one is given), from memory or disk, or None."""
        if not secret:
            return None
        name = checkpoint.name_of(secret)
        async with self._lock(name):
            session = self.sessions.get(name) or await self._from_disk(name, lab)
        return session if session is not None and lab in (None, session.lab) else None

    async def _from_disk(self, name, lab):
        kept = await asyncio.to_thread(checkpoint.read, self.settings.sessions_dir, name)
        if kept is None or lab not in (None, kept[0].get("lab")):
            return None
        about, lanes = kept
        try:
            runs = await asyncio.to_thread(self._restored, lanes)
            session = self._add(name, None, about["lab"])
            await session.ask(lambda one: saving.bring_back(one, about, runs))
            return session
        except Exception as problem:                         # of another version, or of a kind no more known
            log.warning("a kept session could not be restored (%s); it begins anew", problem)
            if name in self.sessions:
                self._remove(self.sessions[name])
            return None

    def _restored(self, lanes):
        """The runs of a checkpoint; None for one beside the first that this version cannot read, made anew then."""
        runs = []
        for snapshot, rows in lanes:
            try:
                runs.append((self.restore(snapshot), rows))
            except Exception:
                if not runs:
                    raise
                runs.append((None, rows))
        return runs

    def create(self, lab, config, runs=None, edits=None):
        """A new session: (secret, session); its runs are made with the first order.

        config, runs   what it begins with; None for those of the lab
        edits          changes that are made on the way, each with its step

        Errors: Refused where there is no room.
        """
        if len(self.sessions) >= self.settings.max_sessions and not self._make_room():
            raise Refused("session", f"room for another (this server holds {self.settings.max_sessions})", "none",
                          "Close pages that are not needed, or start the server with a larger --max-sessions.")
        secret = secrets.token_urlsafe(24)

        def build():
            start = self.lab_of(lab)["config"] if config is None else config
            self.limits.config(start)
            self.limits.edits(start, edits or ())
            return self.make(start, edits=edits) if edits else self.make(start)

        session = self._add(checkpoint.name_of(secret), build, lab)
        session.beside, session.strict = self.lab_of(lab).get("runs", []) if runs is None else runs, runs is not None
        return secret, session

    def _add(self, name, build, lab):
        session = Session(build, self.deliver, self.scheduler.wake, limits=self.limits, prepare=self._prepare,
                          lab=lab, name=name, lesson=lambda: self.lab_of(lab), precisions=self.precisions)
        session.stillborn = self._remove
        self.sessions[name] = session
        self.scheduler.add(session)
        self._begin(self._care(session))
        return session

    def _prepare(self, run, session, precision=None):
        return self.prepare(run, session.release, precision)

    def _make_room(self):
        """Let the session go that nobody looks at and that was left longest ago."""
        left = sorted((s for s in self.sessions.values() if not s.viewers), key=lambda s: s.left)
        for session in left[:1]:
            self.sessions.pop(session.name)
            self._begin(self._leave(session))
        return bool(left)

    def _remove(self, session):
        """No more turns for this session, and nobody waits for it any more."""
        if self.sessions.get(session.name) is session:
            del self.sessions[session.name]
        self.scheduler.remove(session)
        session.close()

    # ---- keeping

    def _begin(self, work):
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)                                # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    def _lock(self, name):
        """One lock a file, for as long as somebody uses it."""
        if len(self._locks) > 1_000:
            self._locks = {name: lock for name, lock in self._locks.items() if lock.locked()}
        return self._locks.setdefault(name, asyncio.Lock())

    async def keep(self, session):
        """Write the session's checkpoint, if anything changed since the last."""
        async with self._lock(session.name):
            if session.run is None or session.saved == session.version:
                return
            version, about, lanes = await session.ask(saving.taken)
            data = await asyncio.to_thread(checkpoint.pack, about, lanes)
            await asyncio.to_thread(checkpoint.write, self.settings.sessions_dir, session.name, data)
            session.saved = version

    async def _keep_or_log(self, session):
        try:
            await self.keep(session)
        except Exception as problem:                         # a full disk must not end anything
            log.warning("a session could not be kept: %s", problem)

    async def _care(self, session):
        """Keep a session, let it rest and let it go, for as long as it is here."""
        settings = self.settings
        await asyncio.sleep(settings.checkpoint_seconds * random.random())         # not all at once
        while self.sessions.get(session.name) is session:
            await self._keep_or_log(session)
            alone = 0 if session.viewers else self.clock() - max(session.left, session.touched)
            if alone > settings.idle_seconds:
                await self._leave(session)
            elif alone > settings.pause_seconds and session.playing and not session.resting:
                session.resting = True
            await asyncio.sleep(settings.checkpoint_seconds)

    async def _leave(self, session):
        """From memory to disk."""
        await self._keep_or_log(session)
        if not session.viewers:                              # somebody may have come back meanwhile
            self._remove(session)

    async def watch(self):
        """Remove what nobody came back for, for as long as the server runs."""
        while True:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(checkpoint.sweep, self.settings.sessions_dir, self.settings.forget_seconds)
            await asyncio.sleep(SWEEP)

    async def keep_all(self, seconds):
        """The end: keep every session, for so long at most."""
        try:
            await asyncio.wait_for(asyncio.gather(*map(self._keep_or_log, list(self.sessions.values()))), seconds)
        except TimeoutError:
            log.warning("not every session could be kept in time; they go back to their last checkpoint")
        for task in list(self._tasks):
            task.cancel()
