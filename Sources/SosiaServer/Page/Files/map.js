// One raster that is looked at: zoomed, moved, and clicked to ask for what is there.

import { pieceLayer } from "./pieces.js";
import { Marks } from "./marks.js";
import { placePicture, position, windowAround } from "./places.js";

export class RasterMap extends EventTarget {
    #library;
    #container;
    #map;
    #raster = null;
    #pieces = null;
    /** Shows what a click would search for. */
    #aim = null;
    marks;

    /** Sends `position` with words for where the pointer is and `problem` with an error; `marks` send the rest. */
    constructor(library, container) {
        super();
        this.#library = library;
        this.#container = container;
        const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        this.#map = library.map(container, {
            crs: library.CRS.Simple, attributionControl: false, doubleClickZoom: false, minZoom: 0, maxZoom: 0,
            zoomSnap: 0.25,
            zoomAnimation: !isCalm, fadeAnimation: !isCalm, inertia: !isCalm,
        });
        this.marks = new Marks(library, this.#map, (window) => this.#bounds(window));
        // A click beside open words closes them and does nothing else; this comes before they close.
        let isClosing = false;
        this.#map.on("preclick", () => { isClosing = container.querySelector(".leaflet-popup") !== null; });
        this.#map.on("click", ({ latlng }) => { if (!isClosing) this.#offer(latlng); });
        this.#map.on("mousemove", ({ latlng }) => this.#point(latlng));
        this.#map.on("mouseout", () => this.#point(null));
        this.#map.on("move zoomend", () => { if (this.#isAimedByKeys) this.#point(this.#map.getCenter()); });
        container.addEventListener("focus", () => this.#point(this.#isAimedByKeys ? this.#map.getCenter() : null));
        container.addEventListener("blur", () => this.#point(null));
        container.addEventListener("keydown", (event) => this.#key(event));
        new ResizeObserver(() => this.#map.invalidateSize({ pan: false })).observe(container);
    }

    get raster() { return this.#raster; }

    show(raster) {
        this.marks.clear();
        this.#pieces?.remove();
        this.#aim?.remove();
        this.#raster = raster;
        this.#map.setMaxZoom(raster.last_level + 2);
        const whole = this.#whole;
        this.fit();
        this.#pieces = pieceLayer(this.#library, raster, whole, (error) => {
            this.dispatchEvent(new CustomEvent("problem", { detail: error }));
        }).addTo(this.#map);
        this.#aim = this.#library.rectangle(whole, { className: "mark aim", interactive: false, fill: false, weight: 2 });
        this.#container.setAttribute("aria-label", `Map of ${raster.name}`);
    }

    /** Shows all of the raster. */
    fit() {
        this.#map.invalidateSize({ pan: false });
        this.#map.fitBounds(this.#whole, { animate: false });
    }

    /** Moves there when it cannot be seen. */
    reveal(window) {
        const bounds = this.#bounds(window);
        if (!this.#map.getBounds().intersects(bounds)) this.#map.panTo(bounds.getCenter(), { animate: false });
    }

    focus() { this.#container.focus({ preventScroll: true }); }

    get #whole() {
        const { width, height } = this.#raster;
        return this.#bounds({ x: 0, y: 0, width, height });
    }

    get #isAimedByKeys() { return this.#container.matches(":focus-visible"); }

    #bounds({ x, y, width, height }) {
        const level = this.#raster.last_level;
        return this.#library.latLngBounds(
            this.#map.unproject([x, y], level), this.#map.unproject([x + width, y + height], level));
    }

    #window(latlng) {
        const { x, y } = this.#map.project(latlng, this.#raster.last_level);
        return { x, y, window: windowAround(this.#raster, x, y) };
    }

    #point(latlng) {
        const { x, y, window } = latlng && this.#raster ? this.#window(latlng) : { window: null };
        if (window) this.#aim.setBounds(this.#bounds(window)).addTo(this.#map);
        else this.#aim?.remove();
        const words = window ? position(this.#raster, x, y) : "";
        this.dispatchEvent(new CustomEvent("position", { detail: words }));
    }

    #offer(latlng) {
        const { window } = this.#window(latlng);
        if (window) this.marks.openPlace(placePicture(this.#raster, window));
    }

    #key(event) {
        if (event.key === "Escape" && this.#container.querySelector(".leaflet-popup")) {
            this.#map.closePopup();
            this.focus();
        } else if (event.key === "Enter" && event.target === this.#container) {
            event.preventDefault();
            this.#offer(this.#map.getCenter());
        }
    }
}
