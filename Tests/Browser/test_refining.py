"""Results: scrolling, more and less like this, filters, options."""
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import serving
from browser import PageTestCase

setUpModule, tearDownModule = serving.start_module, serving.end_module


class RefiningTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.open_with_pictures()
        self.search_with(serving.pictures().others / "sunset-01.jpg")

    def tile(self, name):
        return next(tile for tile in self.all(".tile") if tile.find_element(By.CSS_SELECTOR, ".name").text == name)

    def refine(self, name, side):
        self.tile(name).find_element(By.CSS_SELECTOR, f".{side}-like").click()

    def test_more_and_less_like_this(self):
        first, last = self.names()[1], self.names()[-1]
        unrefined = self.names()
        self.refine(first, "more")
        self.await_search(2)
        query = self.searches()[-1]["query"]
        self.assertEqual(len(query["positive"]), 2)
        self.assertEqual(query["negative"], [])
        # What is asked with is not in the answer, so the chips are the place to look at it.
        self.assertEqual([chip.text for chip in self.all(".chip.more .chip-name")], [first])
        self.refine(last if last in self.names() else self.names()[-1], "less")
        self.await_search(3)
        query = self.searches()[-1]["query"]
        self.assertEqual((len(query["positive"]), len(query["negative"])), (2, 1))
        self.assertEqual(len(self.all(".chip.less")), 1)
        for side, count in {"more": 4, "less": 5}.items():
            self.find(f".chip.{side} button").click()
            self.await_search(count)
        self.assertEqual(self.all(".chip"), [])
        self.assertEqual(self.names(), unrefined)

    def test_more_like_this_begins_a_search(self):
        self.find("#clear").click()
        self.settle()
        self.assertFalse(any(button.is_displayed() for button in self.all(".less-like")))
        self.all(".more-like")[0].click()
        self.await_search(2)
        self.assertEqual(len(self.searches()[-1]["query"]["positive"]), 1)
        self.find(".chip button").click()
        self.until(lambda: self.shown("#chooser"))

    def test_the_grid_fills_while_scrolling(self):
        self.fill("#k", "95")
        self.await_search(2)
        self.until(lambda: self.scroll_down() and len(self.all(".tile")) == 90, "not all pictures came")
        names = self.names()
        self.assertEqual(len(set(names)), 90)
        self.assertEqual(self.distances(), sorted(self.distances()))
        self.assertFalse(self.shown("#more"))
        pages = self.pages()[-3:]
        self.assertEqual([page["k"] for page in pages], [40, 40, 15])
        self.assertTrue(all(page["cursor"] for page in pages[1:]))
        self.assertIn("90 now", self.text("#status"))

    def test_k_is_a_number_of_results(self):
        for k, pages in [(12, 1), (60, 2)]:
            count = len(self.pages())
            self.fill("#k", str(k))
            self.until(lambda: self.scroll_down() and len(self.all(".tile")) == k, "not all results came")
            self.settle()
            self.assertFalse(self.shown("#more"))
            self.assertEqual(len(self.pages()), count + pages)

    def scroll_down(self):
        self.run_script("scrollTo(0, document.body.scrollHeight)")
        return True

    def test_k_and_the_kind_of_search_are_chosen(self):
        self.fill("#k", "7")
        self.await_search(2)
        self.assertEqual(self.searches()[-1]["k"], 7)
        for mode, exact in [("exact", True), ("approximate", False)]:
            count = len(self.searches())
            Select(self.find("#mode")).select_by_value(mode)
            self.until(lambda: len(self.searches()) > count)
            self.settle()
            self.assertIs(self.searches()[-1]["exact"], exact)
            self.assertIn("exact" if exact else "", self.text("#timing"))
        count = len(self.searches())
        self.fill("#k", "0")
        self.assertFalse(self.run_script("return document.querySelector('#k').validity.valid"))
        self.assertEqual(len(self.searches()), count)

    def test_pictures_are_filtered_by_their_attributes(self):
        choice = self.find("#attributes select[aria-label='Only pictures with this kind']")
        Select(choice).select_by_visible_text("boat")
        self.await_search(2)
        self.assertEqual(self.find("#filter").get_property("value"), "kind = 'boat'")
        self.assertEqual(len(self.names()), 18)
        self.assertTrue(all(name.startswith("boat") for name in self.names()))
        self.fill("#filter", "kind IN ('boat', 'city') AND number < 3")
        self.await_search(3)
        self.assertEqual(len(self.names()), 6)
        self.fill("#filter", "number > 1000")
        self.await_search(4)
        self.assertEqual(self.names(), [])
        self.assertIn("No picture passes", self.text("#timing"))
        self.find("#filter").clear()
        self.find("#filter").send_keys(Keys.ENTER)
        self.await_search(5)
        self.assertNotIn("filter", self.searches()[-1])

    def test_a_filter_needs_no_picture(self):
        self.find("#clear").click()
        self.settle()
        self.fill("#k", "5")
        self.fill("#filter", "kind = 'boat'")
        self.until(lambda: self.names() and all(name.startswith("boat") for name in self.names()))
        # Said when they come; the next ones may have come meanwhile.
        self.assertRegex(self.text("#status"), "pictures found|more pictures")
        self.until(lambda: self.scroll_down() and len(self.names()) == 18, "not all boats came")
        self.assertTrue(all(name.startswith("boat") for name in self.names()))
        self.fill("#filter", "kind = 'submarine'")
        self.until(lambda: "No picture passes" in self.text("#timing"))
        self.assertEqual(self.names(), [])
        self.assertFalse(self.shown("#empty"))
        self.fill("#filter", "kind = 'boat'")
        self.until(lambda: self.names())
        self.search_again_with(serving.pictures().others / "boat-01.jpg")
        self.assertTrue(all(name.startswith("boat") for name in self.names()))

    def search_again_with(self, path):
        count = len(self.searches())
        self.give("#file", path)
        self.await_search(count + 1)

    def test_a_filter_that_cannot_be_understood_is_explained_where_it_stands(self):
        self.expected_statuses = {400}
        self.fill("#filter", "kind = ")
        self.until(lambda: self.shown("#filter-problem"))
        self.assertTrue(self.text("#filter-problem"))
        self.assertEqual(self.find("#filter").get_attribute("aria-invalid"), "true")
        self.until(lambda: self.names() == [])
        self.fill("#filter", "kind = 'city'")
        self.until(lambda: not self.shown("#filter-problem") and self.names())
        self.assertIsNone(self.find("#filter").get_attribute("aria-invalid"))

    def test_each_result_has_its_distance_its_name_and_its_original(self):
        self.assertEqual(len(self.distances()), len(self.names()))
        for tile in self.all(".tile")[:3]:
            link = tile.find_element(By.CSS_SELECTOR, ".name")
            self.assertRegex(link.get_attribute("href"), r"/v1/collections/drawings/images/\d+/file$")
            self.assertRegex(tile.find_element(By.CSS_SELECTOR, ".picture").accessible_name, r", distance \d")


class KeyboardTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.open_with_pictures()

    def test_the_keyboard_alone_is_enough(self):
        self.find("body").send_keys(Keys.TAB)
        self.assertEqual(self.focused().get_attribute("class"), "skip")
        self.press(Keys.ENTER)
        self.assertEqual(self.focused().get_attribute("id"), "results-heading")
        self.assertNotIn("#", self.driver.current_url)
        self.press(Keys.TAB)
        first = self.focused()
        self.assertEqual(first.get_attribute("class"), "picture")
        self.press(Keys.ARROW_RIGHT)
        second = self.focused()
        self.assertNotEqual(second, first)
        self.press(Keys.ARROW_DOWN)
        below = self.focused()
        self.assertGreater(below.location["y"], second.location["y"])
        self.press(Keys.ARROW_UP)
        self.assertEqual(self.focused(), second)
        self.press(Keys.HOME)
        self.assertEqual(self.focused(), first)
        self.press(Keys.ENTER)
        self.await_search(1)
        self.assertEqual(self.focused().get_attribute("id"), "results-heading")
        self.press(Keys.TAB)
        self.press("+")
        self.await_search(2)
        self.assertEqual(len(self.all(".chip.more")), 1)
        self.press(Keys.TAB)
        self.press("-")
        self.await_search(3)
        self.assertEqual(len(self.all(".chip.less")), 1)

    def test_where_the_keyboard_is_can_be_seen(self):
        for _ in range(12):
            self.press(Keys.TAB)
            width = self.run_script("return Number.parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
            self.assertGreaterEqual(width, 2, self.focused().get_attribute("outerHTML"))

    def test_dialogs_hold_the_keyboard_and_give_it_back(self):
        button = self.find("#open-adding")
        button.send_keys(Keys.ENTER)
        self.until(lambda: self.shown("#adding"))
        self.assertTrue(self.run_script("return document.querySelector('#adding').contains(document.activeElement)"))
        self.press(Keys.ESCAPE)
        self.until(lambda: not self.shown("#adding"))
        self.assertEqual(self.focused(), button)
