"""Make the picture of the portal in the README: docs/images/portal.png, of a Chinese one portal.zh-CN.png.

    python tools/screenshot.py [OUT]     OUT: a folder that `kam run` wrote (default: out)

Needs Chromium: sudo apt install chromium fonts-noto-cjk
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def main() -> int:
    """Open the portal and keep its first screen."""
    from playwright.sync_api import sync_playwright

    portal = Path(sys.argv[1] if len(sys.argv) > 1 else "out").resolve() / "index.html"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not portal.exists() or chromium is None:
        print(f"needed: {portal} (kam run makes it) and Chromium", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 960})
        page.goto(portal.as_uri())
        page.wait_for_selector("html[data-ready=true]")
        chinese = (page.locator("html").get_attribute("lang") or "").startswith("zh")
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / ("portal.zh-CN.png" if chinese else "portal.png"))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
