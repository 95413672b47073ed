"""Collections: what they hold, filling them, several of them, and keys."""
import base64
import hashlib
import json
import shutil

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import serving
from browser import PageTestCase
from server import Server, run


def setUpModule():
    pictures = serving.pictures()
    few = pictures.draw("few", count=3, seed=5)
    # Collections that have been emptied; one is filled again.
    for name in ("few", "none"):
        run("add", few, "--store", pictures.collections / f"{name}.sosia")
        run("remove", *"123", "--store", pictures.collections / f"{name}.sosia")
    serving.start_module()


tearDownModule = serving.end_module


class CollectionTests(PageTestCase):
    def test_a_panel_tells_what_the_collection_holds(self):
        self.open_with_pictures()
        self.find("#open-about").click()
        self.until(lambda: self.shown("#about"))
        facts = dict(zip(*(
            [element.text for element in self.all(f"#facts {kind}")] for kind in ("dt", "dd"))))
        self.assertEqual(self.text("#about-heading"), "drawings")
        self.assertEqual(facts["Pictures"], "90")
        self.assertTrue(facts["Model"])
        self.assertIn("dimensions", facts["Vectors"])
        self.assertTrue(facts["Index"])
        self.assertRegex(facts["On disk"], r"\d [kMG]?B")
        self.assert_accessible()

    def test_there_are_several_collections(self):
        self.open_with_pictures()
        choice = Select(self.find("#collection"))
        self.assertEqual([option.text for option in choice.options], ["drawings", "few", "none"])
        choice.select_by_visible_text("none")
        self.until(lambda: self.shown("#empty"))
        self.assertIn("collection=none", self.driver.current_url)
        self.assertIn("none", self.driver.title)

    def test_an_empty_collection_is_filled(self):
        self.open("few")
        self.until(lambda: self.shown("#empty"))
        self.assertIn("sosia add FOLDER", self.text("#empty"))
        self.assert_accessible()
        self.find("#fill").click()
        self.until(lambda: self.shown("#adding"))
        self.assert_accessible()
        self.assertEqual(self.text("#adding-collection"), "few")
        self.watch_progress()

        # Many files, one of which is none, and one that is there twice.
        others = sorted(serving.pictures().others.iterdir())[:20]
        broken = serving.pictures().folder / "broken.jpg"
        broken.write_bytes(others[0].read_bytes()[:400])
        again = serving.pictures().folder / "again.jpg"
        shutil.copy(others[0], again)
        self.give("#files", *others, broken, again)
        self.until(lambda: self.text("#adding-done"))
        self.assertEqual(
            self.text("#adding-done"), "20 added, 1 were there already, 1 could not be used.")
        self.assertIn("broken.jpg", self.text("#adding-refused ul"))
        steps = self.run_script("return window.steps")
        self.assertGreaterEqual(len(steps), 3)
        self.assertEqual(steps[-1], 22)
        self.until(lambda: len(self.all(".tile")) == 20)

        # A folder, in which not everything is a picture.
        folder = serving.pictures().draw("folder", count=10, seed=9)
        (folder / "notes.txt").write_text("not a picture")
        self.give("#folder", folder)
        self.until(lambda: self.text("#adding-done").startswith("10 added"))
        self.press(Keys.ESCAPE)
        self.until(lambda: len(self.all(".tile")) == 30)
        self.assertFalse(self.shown("#empty"))

        # What was added is found.
        self.give("#file", folder / "city-01.jpg")
        self.await_search(1)
        self.assertEqual(self.names()[0], "city-01.jpg")
        self.assertLess(self.distances()[0], 0.001)

    def watch_progress(self):
        self.run_script("""
            window.steps = [];
            const bar = document.querySelector("#adding-bar");
            new MutationObserver(() => window.steps.push(bar.value)).observe(bar, { attributes: true });""")


class KeyTests(PageTestCase):
    def test_a_key_is_asked_for_and_kept_for_the_tab_only(self):
        self.expected_statuses = {401}
        key = "sosia_" + "k" * 43
        path = serving.pictures().folder / "keys.json"
        digest = base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()
        record = {"name": "test", "scopes": ["read"], "created": "2026-01-01T00:00:00Z", "sha256": digest}
        path.touch(mode=0o600)
        path.write_text(json.dumps({"version": 1, "keys": [record]}))
        store = serving.pictures().folder / "locked.sosia"
        run("add", serving.pictures().others, "--store", store)
        with Server("--store", store, "--api-key-file", path) as server:
            self.driver.get(server.address)
            self.until(lambda: self.shown("#key"))
            self.assert_accessible()
            self.fill("#key-input", "sosia_wrong")
            self.until(lambda: self.shown("#key-problem"))
            self.fill("#key-input", key)
            self.until(lambda: self.all(".tile"))
            # Pictures come too, although their element cannot send a key.
            self.until(lambda: self.run_script("return document.querySelector('.tile img').naturalWidth > 0"))
            self.assertEqual(self.run_script("return Object.values(sessionStorage)"), [key])
            self.assertEqual(self.run_script("return localStorage.length + document.cookie.length"), 0)
            self.assertNotIn(key, self.driver.page_source)
            self.all(".tile .picture")[0].click()
            self.await_search(1)
            # The key may only read.
            self.expected_statuses.add(403)
            self.find("#open-adding").click()
            self.give("#files", serving.pictures().others / "boat-00.jpg")
            self.until(lambda: "Ask the server's owner for one that may write" in self.text("#adding-done"))
