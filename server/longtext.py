"""A CSV of two megabytes does not belong into every state message: long texts in a config are shown as a short digest.

    conceal(config)           what a client sees: "sha256:1f2e… (48,210 characters)"
    remember / reveal(config) the texts by digest, and a config a client sent back, made whole again
"""
import hashlib

LONG = 2_000
KEPT = 4                      # texts a session remembers, so that undo and a re-sent config find them


def digest(text):
    """The short name of a long text."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:24]} ({len(text):,} characters)"


def conceal(value):
    """The same with every long text as its digest."""
    if isinstance(value, str):
        return digest(value) if len(value) > LONG else value
    if isinstance(value, dict):
        return {key: conceal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and any(isinstance(item, (str, dict)) for item in value):
        return [conceal(item) for item in value]
    return value


class LongTexts:
    """The long texts one session has seen, by digest."""

    def __init__(self):
        self._texts = {}

    def remember(self, value):
        """Keep every long text of a config."""
        for text in _long(value):
            name = digest(text)
            self._texts.pop(name, None)
            self._texts[name] = text
        while len(self._texts) > KEPT:
            self._texts.pop(next(iter(self._texts)))

    def reveal(self, value):
        """The config with digests replaced by their texts; an unknown digest stays as it is."""
        if isinstance(value, str):
            return self._texts.get(value, value)
        if isinstance(value, dict):
            return {key: self.reveal(item) for key, item in value.items()}
        return value


def _long(value):
    if isinstance(value, str):
        if len(value) > LONG:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _long(item)
