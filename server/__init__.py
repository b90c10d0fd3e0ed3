"""The server: sessions that train, and pages that watch; start reading at app.py, then session.py."""
