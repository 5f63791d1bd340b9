"""`python -m reports.allure_install`: has npm install Allure 3 into `.tools`, where it is not there yet.

Without npm, or where that fails, one line says so, and everything else is published without Allure's report.
"""

import shutil
import subprocess
import sys

from reports.allure_html import INSTALL, PROJECT, NoGenerator, generator

INSTALL_S = 300


def main() -> None:
    try:
        generator()
        return
    except NoGenerator as missing:
        said = str(missing)
    if shutil.which("npm") is None:
        print(f"{said} There is no npm here.", file=sys.stderr)
        return
    print(f"{INSTALL} ...", file=sys.stderr)
    try:
        ended = subprocess.run(
            [*INSTALL.split(), "--no-audit", "--no-fund"],
            cwd=PROJECT,
            capture_output=True,
            timeout=INSTALL_S,
            check=False,
        )
        why = f"it ended with status {ended.returncode}" if ended.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as failed:
        why = f"{type(failed).__name__}"
    if why:
        print(f"Allure was not installed: {why}. {said}", file=sys.stderr)


if __name__ == "__main__":
    main()
