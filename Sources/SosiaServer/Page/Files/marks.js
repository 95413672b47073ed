// What is drawn on a raster: the hits, the nearest strongest, the examples, and the places that are asked about.

import * as pictures from "./pictures.js";
import { distance } from "./grid.js";
import { degrees } from "./places.js";

/** So many hits have their rank beside them. */
const numbered = 20;
const previewWidth = 96;

export class Marks extends EventTarget {
    #library;
    #map;
    #bounds;
    #layer;
    #marks = new Map();
    #pointed = null;
    /** Drawn for as long as something is said of it. */
    #passing = null;
    /** Whether there is something to refine: without it `less` makes no sense. */
    canRefine = false;

    /**
     * Sends `choose`, `more` and `less` with a picture as `detail`, which may stand for a place.
     * @param bounds says where on the map a window of the raster lies.
     */
    constructor(library, map, bounds) {
        super();
        this.#library = library;
        this.#map = map;
        this.#bounds = bounds;
        this.#layer = library.layerGroup().addTo(map);
        map.on("popupclose", ({ popup }) => {
            if (popup !== this.#passing?.getPopup()) return;
            this.#passing.remove();
            this.#passing = null;
        });
    }

    clear() {
        this.#map.closePopup();
        this.#layer.clearLayers();
        this.#marks.clear();
        this.#pointed = null;
    }

    /** The place that is looked for. */
    showPlace(window) {
        this.#layer.addLayer(this.#rectangle(window, "place", { weight: 3, interactive: false, fill: false }));
    }

    /** @param side "more" or "less" */
    showExample(picture, side) {
        this.#add(picture, side, { weight: 3, fillOpacity: 0.15 }, side === "more" ? "+" : "−", side);
    }

    /**
     * @param rank from 1 on.
     * @param strength from 0 to 1.
     */
    showHit(picture, rank, strength) {
        const style = { weight: 1.5 + 2 * strength, opacity: 0.45 + 0.55 * strength, fillOpacity: 0.05 + 0.25 * strength };
        this.#add({ ...picture, rank }, "hit", style, rank <= numbered ? String(rank) : null, null);
    }

    /** Makes one stand out; none when it is null. */
    point(id) {
        this.#pointed?.getElement()?.classList.remove("is-pointed");
        this.#pointed = this.#marks.get(String(id)) ?? null;
        this.#pointed?.getElement()?.classList.add("is-pointed");
        this.#pointed?.bringToFront();
    }

    /** Goes to a picture and says what it is, also when it is neither a hit nor an example. */
    open(picture) {
        const mark = this.#marks.get(String(picture.id)) ?? this.#showPassing(picture, "hit");
        const bounds = mark.getBounds();
        if (!this.#map.getBounds().contains(bounds)) this.#map.panTo(bounds.getCenter(), { animate: false });
        this.#say(mark);
    }

    /** Says what can be done with a place. */
    openPlace(picture) { this.#say(this.#showPassing(picture, "aim")); }

    #showPassing(picture, kind) {
        this.#map.closePopup();
        const style = { weight: 3, interactive: false, fill: kind === "hit", fillOpacity: 0.3 };
        this.#passing = this.#rectangle(picture.tile.window, kind, style).addTo(this.#map);
        this.#bind(this.#passing, picture, null);
        return this.#passing;
    }

    /** The keyboard goes on in the words. */
    #say(mark) {
        mark.openPopup(mark.getBounds().getCenter());
        mark.getPopup().getElement()?.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
    }

    #rectangle(window, kind, style) {
        const options = { className: `mark ${kind}`, bubblingMouseEvents: false, ...style };
        return this.#library.rectangle(this.#bounds(window), options);
    }

    #add(picture, kind, style, label, pressed) {
        const mark = this.#rectangle(picture.tile.window, kind, style);
        this.#bind(mark, picture, pressed);
        this.#layer.addLayer(mark);
        // The nearest comes first and lies on top.
        if (kind === "hit") mark.bringToBack();
        this.#marks.set(String(picture.id), mark);
        if (!label) return;
        const icon = this.#library.divIcon({ className: `badge ${kind}`, html: label, iconSize: null });
        const corner = mark.getBounds().getNorthWest();
        this.#layer.addLayer(this.#library.marker(corner, { icon, interactive: false, keyboard: false }));
    }

    #bind(mark, picture, pressed) {
        mark.bindPopup(() => this.#words(picture, pressed), {
            className: "mark-words", closeButton: false, minWidth: 220, maxWidth: 260,
            // Beside the buttons that zoom.
            autoPanPaddingTopLeft: [56, 8],
        });
    }

    #words(picture, pressed) {
        const words = document.getElementById("mark").content.firstElementChild.cloneNode(true);
        const pick = (selector) => words.querySelector(selector);
        pictures.show(pick("img"), picture, previewWidth);
        pick(".name").textContent = picture.name;
        words.setAttribute("aria-label", picture.name);
        if (picture.place) {
            // Nothing is like a place before it is asked for: that comes first.
            pick(".choose").textContent = "Search here";
            pick(".mark-actions").prepend(pick(".choose"));
        } else {
            pictures.link(pick(".name"), picture);
        }
        const rank = picture.rank === undefined ? [] : [`No. ${picture.rank}`, `distance ${distance(picture.distance)}`];
        pick(".distance").textContent = rank.join(" · ");
        const { position } = picture;
        pick(".position").textContent =
            picture.where ?? (position ? degrees(position.longitude, position.latitude, 6) : "");
        pick(".less").hidden = !this.canRefine;
        for (const side of ["choose", "more", "less"]) {
            const button = pick(`.${side}`);
            if (side !== "choose") button.setAttribute("aria-pressed", side === pressed);
            button.addEventListener("click", () => this.dispatchEvent(new CustomEvent(side, { detail: picture })));
        }
        return words;
    }
}
