"""`python -m tests.dossier.golden FILE.zip`: the finished bag of a small year, for later versions to verify.

Made once for each version of the format and never again: what was handed out cannot be asked back.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.dossier.year_house import YearHouse


def main(into: Path) -> None:
    """A list, a notice that was taken back, one export."""
    with tempfile.TemporaryDirectory() as own:
        house = YearHouse.small(Path(own) / "house")
        bag = house.exported(Path(own) / "stick")
        with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=9) as out:
            for path in sorted(path for path in bag.rglob("*") if path.is_file()):
                out.write(path, path.relative_to(bag.parent))
    print(into.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
