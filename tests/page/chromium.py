"""Where Chromium is, and how it is started so that it speaks to nobody but the server of the test."""
import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
          r"C:\Program Files\Google\Chrome\Application\chrome.exe", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe")
# The address bar's lists are pages of their own here, made anew for each context: 0.7 s of processor that no test looks at.
# (A list given replaces Playwright's own, so that stands here, too.)
WITHOUT = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
           "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
           "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
             "--disable-features=" + ",".join(WITHOUT)]
HOW_TO_GET_ONE = ("no Chromium was found: install the package chromium (Debian, Fedora), Chromium or Chrome (macOS, Windows), "
                  "or name one in the environment variable CHROMIUM")


def find():
    """The path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named) or named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next((path for path in PLACES if Path(path).exists()), None)


def launch(playwright, path=None):
    """A headless Chromium."""
    return playwright.chromium.launch(executable_path=path or find(), headless=True, args=ARGUMENTS)
