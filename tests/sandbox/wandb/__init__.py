"""A stand-in for the W&B Server: its health, its version, its page. The API has its home here when it comes."""
