"""Files that look like secrets or databases, by their names."""

from fnmatch import fnmatchcase

# Where what a person keeps secret is often kept as data; the same words name modules and templates.
DATA = (".cfg", ".csv", ".ini", ".json", ".properties", ".toml", ".yaml", ".yml")
KEYS = ("*.gpg", "*.jks", "*.kdbx", "*.key", "*.p12", "*.pem", "*.pfx", "*.ppk")
KEYS_OF_PROGRAMS = (
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "id_rsa*",
    ".htpasswd",
    ".netrc",
    ".pgpass",
    ".pypirc",
)
ENVIRONMENTS = (".env", ".env.*", "*.env", "*.tfstate", "*.tfstate.*", "*.tfvars")
DATABASES = ("*.db", "*.db-*", "*.sqlite", "*.sqlite-*", "*.sqlite3", "*.sqlite3-*", "*.mdb")
DUMPS = ("*.bak", "*.dump", "*.dump.*", "*.sql.*", "*backup*.sql", "*dump*.sql")
WORDS = (
    "credentials",
    "secrets",
    *(f"*{w}*{end}" for w in ("credential", "secret") for end in DATA),
)
NAMES = (*KEYS, *KEYS_OF_PROGRAMS, *ENVIRONMENTS, *DATABASES, *DUMPS, *WORDS)


def is_suspicious(name: str) -> bool:
    """Return whether a file of this name is likely to hold a secret or a database."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in NAMES)
