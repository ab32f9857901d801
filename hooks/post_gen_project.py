"""Drop what the answers left out, and say what comes next. Calls nothing and nobody."""

import json
import os
import sys

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")

WORKFLOWS = (
    ".github/dependabot.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/test.yml",
    "iam/github-trust-policy.json",
)

NEXT_STEPS = """
{name} is in {folder}/

  cd {folder}
  make install    # an environment of its own, with uv
  make run        # http://127.0.0.1:8000/ ; every request is traced: /__traces__/
  make            # all commands

README.md: the first trace, your first week, and the first deploy. PRODUCTION.md: what comes after it.
"""


def drop(files):
    """Remove `files`, and the folders that stay empty without them."""
    for file in files:
        os.remove(file)
        folder = os.path.dirname(file)
        if not os.listdir(folder):
            os.removedirs(folder)


def print_next_steps():
    # A console of Windows may lack the characters of the name.
    sys.stdout.reconfigure(errors="backslashreplace")
    print(NEXT_STEPS.format(name=ANSWERS["project_name"], folder=ANSWERS["project_slug"]))


def main():
    if ANSWERS["ci"] == "none":
        drop(WORKFLOWS)
    print_next_steps()


if __name__ == "__main__":
    main()
