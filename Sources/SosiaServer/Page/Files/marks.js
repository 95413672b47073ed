// What is drawn on a raster: the hits, the nearest strongest, the examples, and the place that is looked for.

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

    /**
     * Sends `choose`, `more` and `less` with the picture as `detail`.
     * @param bounds says where on the map a window of the raster lies.
     */
    constructor(library, map, bounds) {
        super();
        this.#library = library;
        this.#map = map;
        this.#bounds = bounds;
        this.#layer = library.layerGroup().addTo(map);
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

    /** Goes to a hit or an example and says what it is. */
    open(id) {
        const mark = this.#marks.get(String(id));
        if (!mark) return;
        const bounds = mark.getBounds();
        if (!this.#map.getBounds().contains(bounds)) this.#map.panTo(bounds.getCenter(), { animate: false });
        mark.openPopup(bounds.getCenter());
    }

    #rectangle(window, kind, style) {
        const options = { className: `mark ${kind}`, bubblingMouseEvents: false, ...style };
        return this.#library.rectangle(this.#bounds(window), options);
    }

    #add(picture, kind, style, label, pressed) {
        const mark = this.#rectangle(picture.tile.window, kind, style);
        mark.bindPopup(() => this.#words(picture, pressed), {
            className: "mark-words", closeButton: false, minWidth: 220, maxWidth: 260,
            // Beside the buttons that zoom.
            autoPanPaddingTopLeft: [56, 8],
        });
        this.#layer.addLayer(mark);
        // The nearest comes first and lies on top.
        if (kind === "hit") mark.bringToBack();
        this.#marks.set(String(picture.id), mark);
        if (!label) return;
        const icon = this.#library.divIcon({ className: `badge ${kind}`, html: label, iconSize: null });
        const corner = mark.getBounds().getNorthWest();
        this.#layer.addLayer(this.#library.marker(corner, { icon, interactive: false, keyboard: false }));
    }

    #words(picture, pressed) {
        const words = document.getElementById("mark").content.firstElementChild.cloneNode(true);
        const pick = (selector) => words.querySelector(selector);
        pictures.show(pick("img"), picture, previewWidth);
        pick(".name").textContent = picture.name;
        pictures.link(pick(".name"), picture);
        const rank = picture.rank === undefined ? [] : [`No. ${picture.rank}`, `distance ${distance(picture.distance)}`];
        pick(".distance").textContent = rank.join(" · ");
        const { position } = picture;
        pick(".position").textContent = position ? degrees(position.longitude, position.latitude, 6) : "";
        for (const side of ["choose", "more", "less"]) {
            const button = pick(`.${side}`);
            if (side !== "choose") button.setAttribute("aria-pressed", side === pressed);
            button.addEventListener("click", () => this.dispatchEvent(new CustomEvent(side, { detail: picture })));
        }
        return words;
    }
}
