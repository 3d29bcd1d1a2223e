"""What the server's front end answers: the page of the app, and the configuration that it loads."""
import json

INDEX = """<!doctype html><html lang="en"><head><meta charset="utf-8"/><title>Weights &amp; Biases</title>
<script src="/env.js"></script><link rel="manifest" href="/manifest.json"/></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>
"""

SERVER_FLAGS = {"ENABLE_REGISTRY_UI": True, "ENABLE_SECRET_STORE": True}


def env_js(host, version):
    config = {"ENVIRONMENT_IS_PRIVATE": True, "ENVIRONMENT_NAME": "local", "REACT_APP_HOST": host, "REACT_APP_BACKEND_HOST": host,
              "REACT_APP_SERVER_VERSION": version, "TRACE_BACKEND_BASE_URL": f"{host}/traces", "WEAVE_BACKEND_HOST": f"{host}/__weave"}
    return f"window.CONFIG = {json.dumps(config)};\nwindow.SERVER_FLAGS = {json.dumps(SERVER_FLAGS)};\n"
