"""Rules of thumb that watch a run, one a file; each says what it saw in numbers and what could be changed."""
