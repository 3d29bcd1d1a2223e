"""A real local installation on loopback, whole or broken by name. See README.md of this folder."""
