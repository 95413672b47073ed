"""Ways to ask: a file, a drop, the clipboard, an address, a picture that is shown, a part of it."""
import struct

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import serving
from browser import PageTestCase

setUpModule, tearDownModule = serving.start_module, serving.end_module

# Makes a file out of a picture of the server and hands it to the page in an event.
HAND_OVER = """
const [type, address, name, done] = arguments;
fetch(address).then((response) => response.blob()).then((blob) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], name, { type: "image/jpeg" }));
    if (type === "paste") {
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
        return done();
    }
    for (const step of ["dragenter", "dragover", "drop"]) {
        const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent(step, options));
        if (step === "dragover") window.wasOver = document.querySelector("#drop").matches(".is-over");
    }
    done();
});
"""


def tiff(width, height):
    """An uncompressed RGB picture (TIFF 6.0, section 6)."""
    entries = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 128),
        (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, width * height * 3),
    ]
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    head += b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", 0)
    head = head.ljust(122, b"\0") + struct.pack("<HHH", 8, 8, 8)
    return head + bytes(value for y in range(height) for x in range(width) for value in (4 * x, 5 * y, 90))


class AskingTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.open_with_pictures()

    def first_picture(self):
        return self.find(".tile .name").get_attribute("href")

    def test_a_chosen_file_is_searched_with(self):
        query = serving.pictures().others / "boat-01.jpg"
        self.search_with(query)
        self.assertEqual(self.searches()[0]["query"]["positive"], [{"upload": "picture"}])
        self.assertEqual(self.distances(), sorted(self.distances()))
        boats = [name for name in self.names()[:5] if name.startswith("boat")]
        self.assertGreaterEqual(len(boats), 4)
        self.assertEqual(self.text("#subject-name"), "boat-01.jpg")
        self.assertRegex(self.text("#timing"), r"^\d.* ms: decode .*, embed .*, search .* · exact .*, 90 looked at$")
        self.assertIn("pictures found", self.text("#status"))

    def test_a_dropped_file_is_searched_with(self):
        self.driver.execute_async_script(HAND_OVER, "drop", self.first_picture(), "dropped.jpg")
        self.await_search(1)
        self.assertTrue(self.run_script("return window.wasOver"))
        self.assertFalse(self.find("#drop").get_attribute("class").endswith("is-over"))
        self.assertEqual(self.text("#subject-name"), "dropped.jpg")
        # The very same picture is in the collection.
        self.assertLess(self.distances()[0], 0.001)

    def test_a_pasted_picture_is_searched_with(self):
        self.driver.execute_async_script(HAND_OVER, "paste", self.first_picture(), "image.png")
        self.await_search(1)
        self.assertEqual(self.text("#subject-name"), "image.png")
        self.assertLess(self.distances()[0], 0.001)

    def test_an_address_that_may_not_be_fetched_is_explained(self):
        self.expected_statuses = {403}
        self.fill("#url", self.address + "/favicon.svg")
        self.until(lambda: self.shown("#problem"))
        self.assertEqual(self.searches()[0]["query"]["positive"], [{"url": self.address + "/favicon.svg"}])
        self.assertIn("not at an address that this server fetches from", self.text("#problem"))
        self.assertIn("Save the picture on this device and drop it here.", self.text("#problem"))
        self.find("#problem-close").click()
        self.assertFalse(self.shown("#problem"))

    def test_what_is_no_address_is_not_sent(self):
        self.fill("#url", "a picture of a cat")
        self.assertFalse(self.run_script("return document.querySelector('#url').validity.valid"))
        self.assertEqual(self.searches(), [])

    def test_a_picture_that_is_shown_is_searched_with(self):
        name = self.names()[3]
        self.all(".tile .picture")[3].click()
        self.await_search(1)
        self.assertEqual(self.text("#subject-name"), name)
        self.assertNotIn(name, self.names())
        self.until(lambda: self.run_script("return document.querySelector('#subject-picture').naturalWidth > 0"))
        # The next one from the results.
        name = self.names()[0]
        self.all(".tile .picture")[0].click()
        self.await_search(2)
        self.assertEqual(self.text("#subject-name"), name)

    def test_what_is_no_picture_is_explained(self):
        self.expected_statuses = {422}
        path = serving.pictures().folder / "words.jpg"
        path.write_text("not a picture")
        self.give("#file", path)
        self.until(lambda: self.shown("#problem"))
        self.assertIn("Choose a JPEG, PNG", self.text("#problem"))
        # The pictures that were shown before are no answer to it.
        self.assertEqual(self.names(), [])
        self.assertFalse(self.shown("#empty"))

    def test_the_owner_sees_the_folders_of_pictures(self):
        folders = {folder.text for folder in self.all(".tile .folder")}
        self.assertEqual({folder.split("/")[-1] for folder in folders}, {"inside"})
        path = serving.pictures().folder / "inside" / self.names()[0]
        self.assertIn(str(path), self.find(".tile .name").get_attribute("title"))

    def test_what_the_browser_cannot_show_is_shown_by_the_server(self):
        path = serving.pictures().folder / "query.tif"
        path.write_bytes(tiff(64, 48))
        self.search_with(path)
        self.until(lambda: self.run_script("return document.querySelector('#subject-picture').naturalWidth === 64"))
        self.assertTrue(self.shown("#make-part"))
        self.find("#make-part").click()
        self.await_search(2)
        region = self.searches()[-1]["query"]["positive"][0]["region"]
        self.assertLess(region["width"], 64)
        self.assertLessEqual(region["x"] + region["width"], 64)
        self.assertLessEqual(region["y"] + region["height"], 48)

    def test_the_browsers_way_back_leads_to_the_search_before(self):
        start = self.names()
        self.all(".tile .picture")[0].click()
        self.await_search(1)
        first = self.names()
        self.all(".tile .picture")[0].click()
        self.await_search(2)
        self.driver.back()
        self.until(lambda: self.names() == first)
        self.driver.back()
        self.until(lambda: self.names() == start)
        self.assertTrue(self.shown("#chooser"))

    def test_a_new_search_begins_at_the_start(self):
        self.all(".tile .picture")[0].click()
        self.await_search(1)
        self.find("#clear").click()
        self.settle()
        self.assertTrue(self.shown("#chooser"))
        self.assertFalse(self.shown("#subject"))

    def test_nothing_comes_from_elsewhere(self):
        self.search_with(serving.pictures().others / "city-02.jpg")
        entries = self.run_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        self.assertTrue(entries)
        for entry in entries:
            self.assertTrue(entry.startswith((self.address, "blob:" + self.address)), entry)


class PartTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.open_with_pictures()
        self.search_with(serving.pictures().others / "mountains-01.jpg")
        self.until(lambda: self.run_script("return document.querySelector('#subject-picture').naturalWidth > 0"))

    def region(self):
        return self.searches()[-1]["query"]["positive"][0].get("region")

    def test_a_rectangle_is_drawn_with_the_mouse(self):
        stage = self.find("#stage")
        width, height = stage.size["width"], stage.size["height"]
        ActionChains(self.driver).move_to_element_with_offset(stage, -width // 4, -height // 4).click_and_hold() \
            .move_by_offset(width // 4, height // 4).move_by_offset(width // 4, height // 4).release().perform()
        self.await_search(2)
        # Pictures are drawn 480 pixels wide and 360 high.
        for side, wanted in {"x": 120, "y": 90, "width": 240, "height": 180}.items():
            self.assertAlmostEqual(self.region()[side], wanted, delta=8)
        self.assertTrue(self.shown("#part"))
        # Moved, then changed by a corner.
        ActionChains(self.driver).click_and_hold(self.find("#part")).move_by_offset(width // 8, 0).release().perform()
        self.await_search(3)
        self.assertAlmostEqual(self.region()["x"], 180, delta=8)
        corner = self.find(".handle[data-edges='se']")
        ActionChains(self.driver).click_and_hold(corner).move_by_offset(0, height // 8).release().perform()
        self.await_search(4)
        self.assertAlmostEqual(self.region()["height"], 225, delta=10)
        self.find("#drop-part").click()
        self.await_search(5)
        self.assertIsNone(self.region())
        self.assertFalse(self.shown("#part"))

    def test_a_rectangle_is_drawn_with_the_keyboard(self):
        self.find("#make-part").send_keys(Keys.ENTER)
        self.await_search(2)
        self.assertEqual(self.region(), {"x": 120, "y": 90, "width": 240, "height": 180})
        self.assertEqual(self.focused().get_attribute("id"), "part")
        self.press(*[Keys.ARROW_RIGHT] * 3, *[Keys.ARROW_UP] * 2)
        self.press(Keys.SHIFT, *[Keys.ARROW_DOWN] * 2)
        self.await_search(3)
        self.until(lambda: self.region() == {"x": 148, "y": 75, "width": 240, "height": 194})
        self.assertIn("54 % high", self.find("#part").get_attribute("aria-label"))
        self.press(Keys.ESCAPE)
        self.until(lambda: self.region() is None)
        self.assertEqual(self.focused().get_attribute("id"), "make-part")

    def test_a_click_is_no_rectangle(self):
        self.find("#subject-picture").click()
        self.assertFalse(self.shown("#part"))
        self.assertEqual(len(self.searches()), 1)


class PhoneTests(PageTestCase):
    window = {"width": 390, "height": 844, "is_phone": True}

    def setUp(self):
        super().setUp()
        self.open_with_pictures()

    def test_a_photograph_is_searched_with(self):
        self.assertTrue(self.shown("#photograph"))
        self.assertEqual(self.find("#capture").get_attribute("capture"), "environment")
        self.give("#capture", serving.pictures().others / "flower-01.jpg")
        self.await_search(1)
        self.assertTrue(self.names()[0].startswith("flower"))

    def test_a_rectangle_is_drawn_with_a_finger(self):
        self.search_with(serving.pictures().others / "flower-02.jpg")
        box = self.find("#stage").rect
        scroll = self.run_script("return scrollY")
        left, top = box["x"] + box["width"] / 4, box["y"] - scroll + box["height"] / 4
        points = [(left, top), (left + 20, top + 20), (left + box["width"] / 2, top + box["height"] / 2)]
        for kind, (x, y) in zip(["touchStart", "touchMove", "touchMove"], points):
            self.driver.execute_cdp_cmd(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        self.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.await_search(2)
        region = self.searches()[-1]["query"]["positive"][0]["region"]
        self.assertAlmostEqual(region["x"], 120, delta=8)
        self.assertAlmostEqual(region["width"], 240, delta=12)

    def test_nothing_is_wider_than_the_screen(self):
        for _ in range(2):
            self.assertLessEqual(self.run_script("return document.documentElement.scrollWidth"), 390)
            self.give("#file", serving.pictures().others / "sunset-01.jpg")
            self.await_search(1)

    def test_what_is_touched_is_large_enough(self):
        small = self.run_script("""
            return [...document.querySelectorAll("button, input, select, summary")].filter((element) => {
                const { width, height } = element.getBoundingClientRect();
                return element.offsetParent && (width < 28 || height < 28);
            }).map((element) => element.outerHTML)""")
        self.assertEqual(small, [])
