"""`python -m server` is `playground`."""
import sys

from .cli import main

sys.exit(main())
