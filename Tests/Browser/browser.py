"""A headless Chromium that shows the page, and what a person can do with it."""
import json
import os
import unittest
from importlib.util import find_spec
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from server import ROOT

SCREENSHOTS = Path(os.environ.get("SOSIA_SCREENSHOTS", ROOT / ".build/browser/screenshots"))
# The package's own code is not used, only the script that it carries.
AXE = Path(find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js")
# Seconds after which what is waited for will not come any more, however slow the machine.
PATIENCE = 120

# Notes the bodies of the page's searches, so that tests see what was asked.
SPY = """
window.searches = [];
const original = window.fetch;
window.fetch = (address, options) => {
    if (String(address).includes("/search")) {
        const body = options.body;
        window.searches.push(typeof body === "string" ? body : body.get("request"));
    }
    return original(address, options);
};
"""


def start(width=1280, height=860, is_dark=False, is_phone=False):
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    for argument in [
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
        "--force-color-profile=srgb", "--lang=en", f"--window-size={width},{height}",
    ]:
        options.add_argument(argument)
    if is_phone:
        metrics = {"width": width, "height": height, "pixelRatio": 2, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(PATIENCE)
    if not is_phone:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    scheme = "dark" if is_dark else "light"
    features = [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SPY})
    return driver


class PageTestCase(unittest.TestCase):
    """Tests of one page in one browser. A test that leaves an error on the console has failed."""

    #: Options of `start`.
    window = {}
    #: Set by the module that starts the server.
    address = None

    @classmethod
    def setUpClass(cls):
        cls.driver = start(**cls.window)
        cls.addClassCleanup(cls.driver.quit)

    def setUp(self):
        self.expected_statuses = set()
        self.driver.get_log("browser")

    def tearDown(self):
        for entry in self.driver.get_log("browser"):
            is_expected = any(f"status of {status} " in entry["message"] for status in self.expected_statuses)
            if entry["level"] == "SEVERE" and not is_expected:
                self.fail(entry["message"])

    # What is there

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def run_script(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, selector):
        return self.run_script("return document.querySelector(arguments[0]).textContent.trim()", selector)

    def shown(self, selector):
        """Whether all of the selector's elements, at least one, can be seen."""
        found = self.all(selector)
        return bool(found) and all(element.is_displayed() for element in found)

    def until(self, condition, message=""):
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: condition(), message)

    def settle(self):
        """Until no answer is being waited for."""
        busy = "return document.querySelector('[aria-busy]') === null && document.readyState === 'complete'"
        self.until(lambda: self.run_script(busy), "the page is still busy")

    def names(self):
        return self.run_script("return [...document.querySelectorAll('.tile .name')].map(a => a.textContent)")

    def distances(self):
        script = "return [...document.querySelectorAll('.tile .distance')].map(s => Number.parseFloat(s.textContent))"
        return self.run_script(script)

    def pages(self):
        """The bodies of all requests for hits since the page was loaded."""
        return [json.loads(text) for text in self.run_script("return window.searches")]

    def searches(self):
        """Those for first pages. How many follow is decided by the size of the window."""
        return [page for page in self.pages() if "cursor" not in page]

    def focused(self):
        return self.driver.switch_to.active_element

    # What a person does

    def open(self, collection="drawings"):
        self.driver.get(f"{self.address}/?collection={collection}")
        self.settle()

    def open_with_pictures(self):
        self.open()
        self.until(lambda: self.all(".tile"), "no pictures at the start")

    def press(self, *keys):
        self.focused().send_keys(*keys)

    def give(self, selector, *paths):
        """Gives files to an input, as a file dialog would."""
        self.find(selector).send_keys("\n".join(map(str, paths)))

    def search_with(self, path):
        self.give("#file", path)
        self.await_search(1)

    def await_search(self, count):
        self.until(lambda: len(self.searches()) >= count, f"fewer than {count} searches")
        self.settle()

    def fill(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text, Keys.ENTER)

    # What is good

    def assert_accessible(self):
        """No violation of WCAG 2.2 AA and of axe's best practices that is serious or critical."""
        self.run_script(AXE.read_text())
        result = self.driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        grave = [
            f"{violation['id']}: {violation['help']}: {[node['html'] for node in violation['nodes']]}"
            for violation in result["violations"] if violation["impact"] in ("serious", "critical")]
        self.assertEqual(grave, [])

    def photograph(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        loaded = """
            const isSeen = ({ top, bottom }) => top < innerHeight && bottom > 0;
            return [...document.images].filter(i => i.offsetParent && isSeen(i.getBoundingClientRect()))
                .every(i => i.complete)"""
        self.until(lambda: self.run_script(loaded), "pictures are still loading")
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))
