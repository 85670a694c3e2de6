"""How this project runs Superset. What differs between installations comes from the environment:

SUPERSET_HOME        folder of Superset's own metadata
SUPERSET_SECRET_KEY  signs sessions and encrypts the password of the database; Superset reads it itself
REGSOSEK_VILLAGE_LOGINS  JSON file, login of a village -> its password in the database
"""

import json
import os
from pathlib import Path

SQLALCHEMY_DATABASE_URI = f"sqlite:///{Path(os.environ['SUPERSET_HOME']) / 'superset.db'}"

# A new release shows at the next look: figures are kept nowhere. The marts are small, a query takes milliseconds.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# Pages carry a tracking pixel, map tiles and fonts of other hosts: the browser may ask this Superset and nobody else.
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
CORS_OPTIONS: dict[str, list[str]] = {"origins": []}
ENABLE_CORS = False
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,  # on 127.0.0.1; with TLS a proxy stands in front
    "session_cookie_secure": False,
}

FEATURE_FLAGS = {"DASHBOARD_RBAC": True}  # a dashboard may be for planners only

VILLAGE = "Desa"
"""Role of the users who are village logins."""


def DB_CONNECTION_MUTATOR(uri, params, username, security_manager, source):
    """Let a village's user ask as its own login of the database, which says what it may see; others as the planner."""
    user = security_manager.find_user(username) if username else None
    if user is None or VILLAGE not in {role.name for role in user.roles}:
        return uri, params
    passwords = json.loads(Path(os.environ["REGSOSEK_VILLAGE_LOGINS"]).read_text(encoding="utf-8"))
    if username not in passwords:
        raise PermissionError(f"Akun desa {username} tidak ada lagi.")
    return uri.set(username=username, password=passwords[username]), params


APP_NAME = "Regsosek"
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]}
AUTH_RATE_LIMITED = True
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
FAB_API_SWAGGER_UI = False
ENABLE_TEMPLATE_PROCESSING = False
PREVENT_UNSAFE_DB_CONNECTIONS = True
