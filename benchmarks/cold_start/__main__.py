from __future__ import annotations

import sys

from benchmarks.cold_start.measure import main

if __name__ == "__main__":
    print(main(sys.argv[1] if len(sys.argv) > 1 else None))
