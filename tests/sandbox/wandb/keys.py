"""API keys of every shape that servers have handed out, and identity tokens."""
import base64
import json
import secrets
import time

PERSONAL = "sandbox"       # the user that all keys but one are for
COLLEAGUE = "colleague"    # another user of the same teams, and the name of the key that is for that user


def segments():
    """Three segments, as a JSON web token has them."""
    def part(value):
        return base64.urlsafe_b64encode(value).decode().rstrip("=")
    claims = {"sub": PERSONAL, "iat": int(time.time()), "exp": int(time.time()) + 86400, "jti": secrets.token_hex(16)}
    return ".".join([part(b'{"alg":"RS256","typ":"JWT"}'), part(json.dumps(claims).encode()), part(secrets.token_bytes(64))])


def new_keys():
    """A key of every shape, by name, and the identity token that is changed for an access token. All are the same user's, except the colleague's."""
    return {"local": "local-" + secrets.token_hex(20), "plain": secrets.token_hex(20), "long": "wandb_v1_" + secrets.token_hex(39)[:77],
            "segments": segments(), "identity": segments(), COLLEAGUE: "local-" + secrets.token_hex(20)}
