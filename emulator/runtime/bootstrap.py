"""What Lambda starts a function with: `/var/runtime/bootstrap.py`, the outermost frame of each stack.

It is copied into the folder that plays `/var/runtime`. Python has put that folder on sys.path
already; a function's own folder stands before it, and its .pth files are read:
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath
"""

import os
import site
import sys

import awslambdaric.__main__


def main() -> None:
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path.insert(0, task_root)
    site.addsitedir(task_root)
    os.environ.setdefault("PYTHONPATH", os.environ["LAMBDA_RUNTIME_DIR"])
    awslambdaric.__main__.main([task_root, os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
