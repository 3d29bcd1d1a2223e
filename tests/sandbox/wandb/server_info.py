"""What the server says about itself: version, the clients that it takes, features."""
from .engine import field

VERSIONS = {"new": "0.83.0", "mid": "0.70.0", "old": "0.63.0"}
CLIENTS = {"new": ("0.13.0", "0.31.0"), "mid": ("0.13.0", "0.21.4"), "old": ("0.12.0", "0.19.1")}

# Names of features that clients of today know; a server lists those that it has heard of.
MID = """LARGE_FILENAMES ARTIFACT_TAGS CLIENT_IDS ARTIFACT_REGISTRY_SEARCH STRUCTURED_CONSOLE_LOGS ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER
EXPAND_DEFINED_METRIC_GLOBS AUTOMATION_EVENT_RUN_METRIC AUTOMATION_EVENT_RUN_METRIC_CHANGE AUTOMATION_ACTION_NO_OP
INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION ARTIFACT_COLLECTION_MEMBERSHIP_FILES""".split()
NEW = """PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE TOTAL_COUNT_IN_FILE_CONNECTION
ARTIFACT_COLLECTIONS_FILTERING_SORTING ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID MARK_RUN_FILES_UPLOADED SWEEPS_QUERY_FILTERING QUERY_AUTOMATIONS_ON_ENTITY
USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION FILESTREAM_GZIP""".split()
OFF = ["AUTOMATIONS_ON_ORGANIZATION", "SWEEPS_LOCAL_SCHEDULER"]


def version_of(behaviour):
    return behaviour.version or VERSIONS[behaviour.generation]


@field("Query.serverInfo")
def _(_, info):
    return info.context.standin.behaviour


@field("ServerInfo.cliVersionInfo")
def _(behaviour, info):
    if behaviour.cli_versions != "by generation":
        return behaviour.cli_versions
    oldest, newest = CLIENTS[behaviour.generation]
    return {"min_cli_version": oldest, "max_cli_version": newest}


@field("ServerInfo.latestLocalVersionInfo")
def _(behaviour, info):
    own = version_of(behaviour)
    latest = behaviour.latest_version or own
    return {"outOfDate": latest != own, "latestVersionString": latest, "versionOnThisInstanceString": own}


@field("ServerInfo.features")
def _(behaviour, info):
    on = dict.fromkeys(MID, True) | (dict.fromkeys(NEW, True) | dict.fromkeys(OFF, False) if behaviour.generation == "new" else {})
    return [{"name": name, "isEnabled": enabled} for name, enabled in (on | behaviour.features).items()]
