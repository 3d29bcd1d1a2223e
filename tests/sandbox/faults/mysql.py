from ..lab import fault, near
