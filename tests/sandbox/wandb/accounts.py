"""Who may log in, and what is whose: users, their keys and tokens, entities and their buckets."""
import base64
import secrets
import time
from dataclasses import dataclass, field as item

from .engine import ApiError, field
from .keys import COLLEAGUE, PERSONAL, segments

TEAMS = {"research": {"bucket": "wandb-research"}, "production": {}, "archive": {"read_only": True}, "elsewhere": {"member": False}}
BUCKETS = {words["bucket"] for words in TEAMS.values() if "bucket" in words}


class User:
    def __init__(self, name):
        self.id, self.name, self.username, self.email = identifier("User", name), name.title(), name, f"{name}@wandb.test"
        self.admin, self.entity, self.flags, self.deleted_at, self.photo_url, self.account_type = True, name, "{}", None, None, None


def identifier(kind, *words):
    """A global id, as the server makes them."""
    return base64.b64encode(":".join([kind, *map(str, words)]).encode()).decode()


@dataclass
class Entity:
    name: str
    is_team: bool = True
    bucket: str = None         # its own; None: that of the installation
    read_only: bool = False
    member: bool = True        # everybody of the sandbox, when it is a team
    user: object = None
    available: bool = False
    photo_url: str = None
    read_only_admin: bool = False
    private_only: bool = False
    storage_bytes: int = 0
    code_saving_enabled: bool = False
    default_access: str = "PRIVATE"
    is_paid: bool = True
    xxhash_digests_enabled: bool = False
    limits: str = "{}"
    members: list = item(default_factory=list)
    resource_configs: dict = item(default_factory=dict)   # id → config of a run queue

    def __post_init__(self):
        self.id, self.entity_type = identifier("Entity", self.name), "TEAM" if self.is_team else "USER"


class Accounts:
    def __init__(self, keys):
        self.keys, self.tokens = keys, {}   # access tokens and when they end
        self.users = {name: User(name) for name in (PERSONAL, COLLEAGUE)}
        self.entities = {name: Entity(name, is_team=False, user=user) for name, user in self.users.items()}
        self.entities |= {name: Entity(name, **words) for name, words in TEAMS.items()}

    def owner(self, key):
        """Whose key it is; None when it is nobody's."""
        name = next((name for name, own in self.keys.items() if name != "identity" and secrets.compare_digest(key.encode(), own.encode())), None)
        return self.users.get(name, self.users[PERSONAL]) if name else None

    def viewer(self, authorization):
        """The user, None for credentials that nobody has, or False for none at all."""
        scheme, _, value = (authorization or "").strip().partition(" ")
        if scheme.lower() == "basic":
            try:
                _, _, key = base64.b64decode(value, validate=True).decode().partition(":")
            except ValueError:
                return None
            return self.owner(key)
        if scheme.lower() == "bearer":
            return self.users[PERSONAL] if self.tokens.get(value, 0) > time.time() else self.owner(value)
        return None if scheme else False

    def belongs(self, user, entity):
        """Whether the user is a member of the team, or owns the personal entity."""
        return entity.member if entity.is_team else entity.user is user

    def exchange(self, form):
        """What /oidc/token answers."""
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return 400, {"error": "unsupported_grant_type"}
        if form.get("assertion") != self.keys["identity"]:
            return 401, {"error": "invalid_grant", "error_description": "the identity token is not trusted"}
        token = segments()
        self.tokens[token] = time.time() + 3600
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}


def must_write(context, name):
    """The entity, when the viewer may change things in it."""
    entity = may_read(context, name)
    if entity is None:
        raise ApiError("permission denied", 403, "PERMISSION_ERROR")
    behaviour = context.standin.behaviour
    if entity.read_only or name in behaviour.read_only:
        raise ApiError("permission denied: entity is read only", 403, "PERMISSION_ERROR")
    if behaviour.personal_disabled and not entity.is_team:
        raise ApiError("personal entities are disabled: use a team", 403, "PERMISSION_ERROR")
    return entity


def may_read(context, name):
    entity = context.standin.accounts.entities.get(name)
    return entity if entity and context.standin.accounts.belongs(context.viewer, entity) else None


# -- fields

@field("Query.viewer")
def _(_, info):
    return info.context.viewer


@field("Query.users")
def _(_, info, query=None, **__):
    user = info.context.must_log_in()
    return {"edges": [{"node": user}] if not query or query in (user.username, user.email) else []}


@field("Query.entity")
def _(_, info, name=None):
    context = info.context
    return may_read(context, name or context.must_log_in().entity) if context.viewer else None


@field("Query.organization")
def _(_, info, name):
    return {"id": identifier("Organization", name), "name": name} if name == "wandb sandbox" else None


@field("Entity.organization")
def _(entity, info):
    return {"id": identifier("Organization", "wandb sandbox"), "name": "wandb sandbox"} if entity.is_team else None


@field("Entity.readOnly")
def _(entity, info):
    return entity.read_only or entity.name in info.context.standin.behaviour.read_only


@field("Organization.featureFlags")
def _(_, info, **__):
    return []


@field("User.teams")
def _(user, info, **_):
    return {"edges": [{"node": entity} for entity in info.context.standin.accounts.entities.values()
                      if info.context.standin.accounts.belongs(user, entity)]}


@field("User.apiKeys")
def _(user, info):
    """First-party fields are for the public API's client alone."""
    if not info.context.user_agent.startswith("W&B Public Client"):
        raise ApiError("relogin required", 403, "PERMISSION_ERROR")
    accounts = info.context.standin.accounts
    return {"edges": [{"node": {"id": identifier("ApiKey", name), "name": key[-4:].rjust(8, "*"), "description": name}}
                      for name, key in accounts.keys.items() if name != "identity" and accounts.owner(key) is user]}


@field("User.organizations")
def _(user, info):
    return []
