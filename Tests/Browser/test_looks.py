"""Light and dark, screen and phone: photographed, and free of serious faults of accessibility."""
import serving
from browser import PageTestCase

setUpModule, tearDownModule = serving.start_module, serving.end_module


class LightTests(PageTestCase):
    name = "light"

    def test_the_page_is_accessible(self):
        self.open_with_pictures()
        self.assert_accessible()
        self.photograph(f"{self.name}-start")
        self.all(".tile .picture")[4].click()
        self.await_search(1)
        self.all(".more-like")[0].click()
        self.await_search(2)
        self.all(".less-like")[20].click()
        self.await_search(3)
        self.run_script("scrollTo(0, 0)")
        self.assert_accessible()
        self.photograph(f"{self.name}-search")
        self.find("#make-part").click()
        self.await_search(4)
        self.assert_accessible()
        self.photograph(f"{self.name}-part")


class DarkTests(LightTests):
    name = "dark"
    window = {"is_dark": True}


class PhoneTests(LightTests):
    name = "phone"
    window = {"width": 390, "height": 844, "is_phone": True}


class NarrowTests(LightTests):
    """A screen that is enlarged four times (WCAG 2.2, 1.4.10)."""

    name = "narrow"
    window = {"width": 320, "height": 640, "is_phone": True}
