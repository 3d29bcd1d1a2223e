"""A stand-in for the W&B Server: its API, its health, its pages. Its files are in the real store of the sandbox."""
