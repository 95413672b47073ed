"""The map of a raster: places are clicked, hits are drawn and listed, good and bad examples marked."""
import os
from unittest import mock

import serving
from browser import PageTestCase
from rasters import BLOCK, COLUMNS, ROWS, Rasters, letter_at
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from server import Server

tearDownModule = serving.end_module
rasters = None


def setUpModule():
    global rasters
    pictures = serving.pictures()
    if not (pictures.collections / "town.sosia").exists():
        serving.share("rasters", Rasters(pictures.folder / "rasters", pictures.collections))
    rasters = serving.shared("rasters")
    serving.start_module()


# Where on the page pixels of the raster are: its corners are those of the rectangle around its pieces.
CORNERS = """
const pieces = [...document.querySelectorAll(".leaflet-tile img")].map(image => image.getBoundingClientRect());
return [Math.min(...pieces.map(p => p.left)), Math.min(...pieces.map(p => p.top)),
    Math.max(...pieces.map(p => p.right)), Math.max(...pieces.map(p => p.bottom))];
"""


class MapCase(PageTestCase):
    def setUp(self):
        super().setUp()
        self.open("town")
        self.open_map()

    def open_map(self):
        self.until(lambda: self.shown("#map .leaflet-tile img"), "no piece is shown")
        self.settle_map()

    def settle_map(self):
        loaded = """
            const pieces = [...document.querySelectorAll(".leaflet-tile")];
            return pieces.length > 0 && pieces.every(p => p.classList.contains("leaflet-tile-loaded"));"""
        self.until(lambda: self.run_script(loaded), "pieces are missing")

    def click_place(self, x, y):
        """Clicks a pixel of the raster, of which all is seen."""
        left, top, right, bottom = self.run_script(CORNERS)
        width, height = self.run_script("return [innerWidth, innerHeight]")
        on_page = (left + (right - left) * x / (COLUMNS * BLOCK), top + (bottom - top) * y / (ROWS * BLOCK))
        self.assertTrue(0 <= on_page[0] < width and 0 <= on_page[1] < height, on_page)
        actions = ActionChains(self.driver)
        actions.w3c_actions.pointer_action.move_to_location(round(on_page[0]), round(on_page[1]))
        actions.w3c_actions.pointer_action.click()
        actions.perform()

    def ask_about(self, x, y):
        """Clicks a place and waits for what can be done with it."""
        self.click_place(x, y)
        self.until(lambda: self.shown(".leaflet-popup"), "nothing is said of the place")

    def search_at(self, x, y):
        self.choose_at(x, y, "choose")

    def choose_at(self, x, y, name):
        count = len(self.searches())
        self.ask_about(x, y)
        self.popup(name).click()
        self.await_search(count + 1)

    def windows(self):
        """Of the hits in the list, nearest first."""
        return [tuple(map(int, name.rsplit("#", 1)[1].split(","))) for name in self.names()]

    def popup(self, name):
        return self.find(f".leaflet-popup .{name}")

    def locate(self, position):
        tile = self.all(".tile")[position]
        self.run_script("arguments[0].scrollIntoView({block: 'center'})", tile)
        tile.find_element(By.CSS_SELECTOR, ".locate").click()
        self.until(lambda: self.shown(".leaflet-popup"), "nothing is said of the hit")


class MapTests(MapCase):
    def test_a_clicked_place_is_searched_for(self):
        self.search_at(4.5 * BLOCK, 1.5 * BLOCK)
        (place,) = self.searches()[-1]["query"]["positive"]
        window = place["place"]
        self.assertEqual((window["width"], window["height"]), (BLOCK, BLOCK))
        self.assertAlmostEqual(window["x"], 4 * BLOCK, delta=6)
        self.assertAlmostEqual(window["y"], BLOCK, delta=6)
        self.assertEqual(self.distances(), sorted(self.distances()))
        # Water is found, on both rasters.
        self.assertTrue(all(name.split("#")[0] in (rasters.first.name, rasters.second.name) for name in self.names()))
        here = [name for name in self.names()[:6] if name.startswith(rasters.first.name)]
        for x, y, width, height in [tuple(map(int, name.rsplit("#", 1)[1].split(","))) for name in here]:
            self.assertEqual(letter_at(x + width // 2, y + height // 2), "W")
        self.assertEqual(len(self.all(".mark.place")), 1)
        box = self.all(".mark.hit")[0].rect
        self.assertGreater(min(box["width"], box["height"]), 20, "the hits cannot be seen")
        drawn = sum(name.startswith(rasters.first.name) for name in self.names())
        self.assertEqual(len(self.all(".mark.hit")), drawn)
        self.assertGreater(drawn, 2)
        self.assertIn("1", [badge.text for badge in self.all(".badge.hit")])
        self.assertIn(f"{drawn} of {len(self.names())} hits", Select(self.find("#raster")).first_selected_option.text)
        self.assertTrue(self.text("#subject-name").startswith(rasters.first.name + "#"))
        self.assertTrue(self.shown("#subject-picture"))
        self.driver.back()
        self.until(lambda: self.shown("#chooser"))
        self.assertEqual(self.all(".mark.hit"), [])

    def test_nearer_hits_are_drawn_stronger(self):
        self.search_at(8.5 * BLOCK, 0.5 * BLOCK)
        opacities = self.run_script(
            "return [...document.querySelectorAll('.mark.hit')].map(p => Number(p.getAttribute('fill-opacity')))")
        self.assertEqual(opacities, sorted(opacities))
        self.assertGreater(opacities[-1], opacities[0])
        ranks = self.run_script("return [...document.querySelectorAll('.badge.hit')].map(b => Number(b.textContent))")
        self.assertEqual(ranks, sorted(ranks))
        self.assertEqual(len(set(ranks)), len(ranks))

    def test_hits_are_good_and_bad_examples(self):
        self.search_at(1.5 * BLOCK, 1.5 * BLOCK)
        unrefined = self.names()
        self.locate(1)
        good = self.popup("name").text
        self.assertIn("No. 2", self.popup("distance").text)
        if good.startswith(rasters.first.name):
            self.assertRegex(self.popup("position").text, r"^48\.\d{6}° N, 11\.\d{6}° E$")
        self.popup("more").click()
        self.await_search(2)
        self.assertEqual([chip.text for chip in self.all(".chip.more .chip-name")], [good])
        self.assertEqual(self.focused().get_attribute("id"), "map")
        self.locate(12)
        bad = self.popup("name").text
        self.popup("less").click()
        self.await_search(3)
        query = self.searches()[-1]["query"]
        self.assertEqual([list(example)[0] for example in query["positive"]], ["place", "id"])
        self.assertEqual(len(query["negative"]), 1)
        self.assertNotIn(good, self.names())
        self.assertNotIn(bad, self.names())
        self.assertEqual(len(self.all(".mark.more")) + len(self.all(".mark.less")), self.drawn_examples(good, bad))
        # Each is taken back where it was given.
        for side, count in {"more": 4, "less": 5}.items():
            self.find(f".chip.{side} button").click()
            self.await_search(count)
        self.assertEqual(self.names(), unrefined)

    def test_places_are_good_and_bad_examples(self):
        # Before there is something to look for, nothing can be unlike it.
        self.ask_about(4.5 * BLOCK, 1.5 * BLOCK)
        self.assertEqual(len(self.all(".mark.aim")), 1)
        self.assertFalse(self.popup("less").is_displayed())
        self.assertEqual(self.searches(), [])
        self.popup("more").click()
        self.await_search(1)
        self.assertEqual(self.focused().get_attribute("id"), "map")
        self.choose_at(8.5 * BLOCK, 0.5 * BLOCK, "less")
        self.assertEqual((len(self.all(".chip.more")), len(self.all(".chip.less"))), (1, 1))
        # A place that is searched for leaves both as they are.
        self.search_at(1.5 * BLOCK, 1.5 * BLOCK)
        self.assertEqual((len(self.all(".chip.more")), len(self.all(".chip.less"))), (1, 1))
        self.assertEqual((len(self.all(".mark.more")), len(self.all(".mark.less"))), (1, 1))
        query = self.searches()[-1]["query"]
        blocks = [self.block(example) for example in query["positive"] + query["negative"]]
        self.assertEqual(blocks, [(1, 1), (4, 1), (8, 0)])
        self.assertEqual(len(query["negative"]), 1)
        self.assertTrue(self.text("#subject-name").startswith(rasters.first.name + "#"))
        # Each is taken back by its chip, or all of it by beginning again.
        self.find(".chip.less button").click()
        self.await_search(4)
        self.assertEqual(self.searches()[-1]["query"]["negative"], [])
        self.find("#clear").click()
        self.until(lambda: self.shown("#chooser"))
        self.assertEqual(self.all(".mark.more, .mark.place"), [])

    def block(self, example):
        place = example["place"]
        self.assertEqual((place["width"], place["height"]), (BLOCK, BLOCK))
        return round(place["x"] / BLOCK), round(place["y"] / BLOCK)

    def test_a_place_is_an_example_where_it_is_marked(self):
        self.search_at(4.5 * BLOCK, 1.5 * BLOCK)
        self.choose_at(8.5 * BLOCK, 0.5 * BLOCK, "less")
        self.run_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", self.find(".mark.less"))
        self.until(lambda: self.shown(".leaflet-popup"))
        self.assertEqual(self.popup("less").get_attribute("aria-pressed"), "true")
        # What is searched for is no bad example of it.
        self.popup("choose").click()
        self.await_search(3)
        query = self.searches()[-1]["query"]
        self.assertEqual([self.block(example) for example in query["positive"]], [(8, 0)])
        self.assertEqual(query["negative"], [])
        self.assertEqual(self.all(".chip"), [])

    def test_pictures_are_shown_on_the_map_before_any_search(self):
        name = self.names()[0]
        self.assertEqual(self.all(".mark"), [])
        self.locate(0)
        self.assertEqual(self.popup("name").text, name)
        self.assertEqual(len(self.all(".mark.hit")), 1)
        self.assertEqual(Select(self.find("#raster")).first_selected_option.text, name.rsplit("#", 1)[0])
        self.assertEqual(self.focused().text, "More like this")
        self.press(Keys.ESCAPE)
        self.until(lambda: not self.all(".leaflet-popup"))
        self.assertEqual(self.all(".mark.hit"), [])

    def drawn_examples(self, *names):
        shown = Select(self.find("#raster")).first_selected_option.text.split(" · ")[0]
        return sum(name.startswith(shown) for name in names)

    def test_a_click_beside_open_words_only_closes_them(self):
        self.search_at(4.5 * BLOCK, 1.5 * BLOCK)
        count = len(self.searches())
        self.locate(0)
        self.find("#map-fit").click()
        self.click_place(0.2 * BLOCK, 6.8 * BLOCK)
        self.until(lambda: not self.all(".leaflet-popup"))
        self.assertEqual(len(self.searches()), count)

    def test_rasters_are_chosen(self):
        self.search_at(4.5 * BLOCK, 1.5 * BLOCK)
        other = Select(self.find("#raster")).options
        self.assertEqual(len(other), 2)
        hidden = next(option for option in other if not option.is_selected()).get_attribute("value")
        Select(self.find("#raster")).select_by_value(hidden)
        self.settle_map()
        self.assertEqual(self.find("#map").accessible_name, f"Map of {rasters.second.name}")
        drawn = sum(name.startswith(rasters.second.name) for name in self.names())
        self.assertGreater(drawn, 0)
        self.assertEqual(len(self.all(".mark.hit")), drawn)
        self.assertIn(f"{drawn} of {len(self.names())} hits", Select(self.find("#raster")).first_selected_option.text)
        # The place that is looked for lies on the other one.
        self.assertEqual(self.all(".mark.place"), [])

    def test_the_keyboard_searches_in_the_middle(self):
        self.find("#map-fit").send_keys(Keys.TAB)
        self.assertEqual(self.focused().get_attribute("id"), "map")
        self.assertEqual(len(self.all(".mark.aim")), 1)
        self.assertRegex(self.text("#map-position"), r"^48\.19\d\d° N, 11\.50\d\d° E · ")
        self.press("+")
        self.settle_map()
        self.press(Keys.ARROW_RIGHT)
        self.press(Keys.ENTER)
        self.until(lambda: self.shown(".leaflet-popup"))
        self.assertEqual(self.searches(), [])
        self.assertEqual(self.focused().text, "Search here")
        group = self.find(".leaflet-popup [role=group]")
        self.assertTrue(group.accessible_name.startswith(rasters.first.name + "#"), group.accessible_name)
        # Escape goes back to where it was.
        self.press(Keys.ESCAPE)
        self.until(lambda: not self.all(".leaflet-popup"))
        self.assertEqual(self.focused().get_attribute("id"), "map")
        self.press(Keys.ENTER)
        self.until(lambda: self.shown(".leaflet-popup"))
        self.press(Keys.ENTER)
        self.await_search(1)
        (place,) = self.searches()[-1]["query"]["positive"]
        self.assertGreater(place["place"]["x"], (COLUMNS - 1) * BLOCK / 2)
        self.assertEqual(self.focused().get_attribute("id"), "map")
        self.assertIn("pictures found", self.text("#status"))

    def test_the_map_comes_and_goes(self):
        self.assertEqual(self.find("#map-toggle").get_attribute("aria-pressed"), "true")
        self.find("#map-toggle").click()
        self.assertFalse(self.shown("#map"))
        self.assertFalse(any(button.is_displayed() for button in self.all(".locate")))
        self.find("#map-toggle").click()
        self.open_map()

    def test_everything_comes_from_this_server(self):
        script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        addresses = self.run_script(script)
        self.assertTrue(any("/leaflet/leaflet.js" in address for address in addresses))
        self.assertTrue(all(address.startswith((self.address, "blob:")) for address in addresses), addresses)


class OtherCollectionTests(PageTestCase):
    def test_pictures_that_are_files_have_no_map(self):
        self.open_with_pictures()
        self.assertFalse(self.shown("#map-toggle"))
        self.assertFalse(self.shown("#map-panel"))


class MissingLibraryTests(PageTestCase):
    def test_without_the_library_everything_else_works(self):
        self.expected_statuses = {404}
        server = Server("--root", serving.pictures().collections, "--read-only")
        with mock.patch.dict(os.environ, {"SOSIA_LEAFLET": str(rasters.folder)}):
            server.__enter__()
        self.addCleanup(server.__exit__)
        with mock.patch.object(PageTestCase, "address", server.address):
            self.open("town")
            self.until(lambda: self.shown("#map-note"))
            self.assertIn("apt-get install libjs-leaflet", self.text("#map-note"))
            self.assertFalse(self.shown("#map"))
            # Nothing offers what cannot be done.
            self.assertFalse(any(button.is_displayed() for button in self.all(".locate")))
            self.assert_accessible()
            self.all(".tile .picture")[0].click()
            self.await_search(1)
            self.assertTrue(self.names())


class LightMapTests(MapCase):
    name = "light"

    def test_the_map_is_accessible(self):
        self.assert_accessible()
        self.search_at(8.5 * BLOCK, 0.5 * BLOCK)
        self.locate(2)
        self.popup("more").click()
        self.await_search(2)
        self.locate(12)
        self.popup("less").click()
        self.await_search(3)
        self.go_to_map()
        self.settle_map()
        self.assert_accessible()
        self.photograph(f"{self.name}-map")
        self.locate(0)
        self.go_to_map()
        self.settle_map()
        self.assert_accessible()
        self.photograph(f"{self.name}-map-hit")
        self.press(Keys.ESCAPE)
        self.find("#map-fit").click()
        self.go_to_map()
        self.ask_about(5.5 * BLOCK, 2.5 * BLOCK)
        self.go_to_map()
        self.settle_map()
        self.assert_accessible()
        self.photograph(f"{self.name}-map-place")

    def go_to_map(self):
        self.run_script("scrollTo(0, 0)")
        self.settle()


class DarkMapTests(LightMapTests):
    name = "dark"
    window = {"is_dark": True}


class PhoneMapTests(LightMapTests):
    name = "phone"
    window = {"width": 390, "height": 844, "is_phone": True}

    def go_to_map(self):
        self.run_script("document.querySelector('#map-panel').scrollIntoView({block: 'start'})")
        self.settle()

    def search_at(self, x, y):
        self.go_to_map()
        super().search_at(x, y)
