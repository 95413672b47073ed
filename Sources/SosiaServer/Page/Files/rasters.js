// The map beside the pictures: which raster is shown, and what of the present search lies on it.

import * as api from "./api.js";
import { explain } from "./advice.js";
import { mapLibrary } from "./library.js";
import { RasterMap } from "./map.js";
import { isEmpty, nothing } from "./query.js";

const element = (id) => document.getElementById(id);
const words = (error) =>
    error instanceof api.Problem ? `${error.title} ${explain(error)}` : "The map cannot be shown.";

export class Rasters extends EventTarget {
    #rasters = [];
    #map = null;
    #asked = nothing;
    #hits = [];
    /** So many came first; those that came later are as weak as the last of them. */
    #first = 0;

    /**
     * Sends `choose`, `more` and `less` with a picture as `detail`, which may stand for a place.
     */
    constructor() {
        super();
        element("map-toggle").addEventListener("click", () => this.#toggle(!this.isOpen));
        element("map-fit").addEventListener("click", () => this.#map?.fit());
        element("raster").addEventListener("change", ({ target }) => this.#choose(Number(target.value)));
    }

    get isOpen() { return !element("map-panel").hidden; }

    /** Asks which rasters a collection has. A collection of nothing else is shown on the map at once. */
    async offer(collection) {
        this.#rasters = await api.rasters(collection.name);
        element("map-toggle").hidden = this.#rasters.length === 0;
        const tiles = this.#rasters.reduce((sum, raster) => sum + raster.tiles, 0);
        if (this.#rasters.length === 0) await this.#toggle(false);
        else if (this.isOpen || tiles === collection.pictures) await this.#toggle(true);
    }

    /** Shows what was looked for and its hits. */
    show(asked, hits) {
        this.#asked = asked;
        this.#hits = isEmpty(asked) ? [] : hits;
        this.#first = this.#hits.length;
        if (this.isOpen && this.#map) this.#draw();
    }

    /** Shows more hits of it; what is said of one stays open. */
    add(hits) {
        if (isEmpty(this.#asked)) return;
        const start = this.#hits.length;
        this.#hits = [...this.#hits, ...hits];
        if (!this.isOpen || !this.#map) return;
        this.#drawHits(start);
        this.#showChoice();
    }

    /** Makes the hit stand out over which the pointer is in the list; none when it is null. */
    point(picture) { this.#map?.marks.point(picture?.id ?? null); }

    /** Goes to a picture on its raster. */
    locate(picture) {
        if (!this.#map) return;
        const { raster: id, window } = picture.tile;
        if (this.#map.raster.id !== id) this.#choose(id);
        if (this.#map.raster.id !== id) return;
        element("map-panel").scrollIntoView({ block: "nearest" });
        this.#map.reveal(window);
        this.#map.marks.open(picture);
    }

    async #toggle(isOpen) {
        element("map-panel").hidden = !isOpen;
        element("map-toggle").setAttribute("aria-pressed", isOpen);
        if (isOpen) await this.#open();
        else this.#makeRoom();
    }

    /** Pictures are shown beside the map and on it only while there is one. */
    #makeRoom() { element("results").classList.toggle("with-map", this.isOpen && this.#map !== null); }

    async #open() {
        let library;
        try {
            library = await mapLibrary();
        } catch (error) {
            element("map-view").hidden = true;
            this.#note(`${words(error)} Everything else works without it.`);
            return;
        }
        element("map-view").hidden = false;
        this.#map ??= this.#make(library);
        this.#makeRoom();
        const kept = this.#rasters.some(({ id }) => id === this.#map.raster?.id);
        this.#choose(kept ? this.#map.raster.id : this.#best());
    }

    #make(library) {
        const map = new RasterMap(library, element("map"));
        map.addEventListener("position", ({ detail }) => { element("map-position").textContent = detail; });
        map.addEventListener("problem", ({ detail }) => {
            this.#note(words(detail));
        });
        for (const side of ["choose", "more", "less"]) {
            map.marks.addEventListener(side, ({ detail }) => {
                // The words over the hit go with the old answer.
                map.focus();
                this.dispatchEvent(new CustomEvent(side, { detail }));
            });
        }
        return map;
    }

    /** The raster of what is looked for, else of the nearest hit, else the first. */
    #best() {
        const place = this.#asked.base?.kind === "place" ? this.#asked.base.picture.place.raster : null;
        const wanted = place ?? this.#hits.find(({ tile }) => tile?.raster)?.tile.raster;
        return this.#rasters.find(({ id }) => id === wanted)?.id ?? this.#rasters[0].id;
    }

    #choose(id) {
        const raster = this.#rasters.find((raster) => raster.id === id);
        if (!raster) return;
        if (this.#map.raster !== raster) {
            this.#map.show(raster);
            this.#note(raster.notes.join("; "));
        }
        this.#draw();
    }

    #note(text) {
        element("map-note").textContent = text;
        element("map-note").hidden = text === "";
    }

    #draw() {
        const { raster, marks } = this.#map;
        const { base, more, less } = this.#asked;
        const here = ({ tile }) => tile?.raster === raster.id;
        marks.clear();
        marks.canRefine = !isEmpty(this.#asked);
        this.#drawHits(0);
        more.filter(here).forEach((picture) => marks.showExample(picture, "more"));
        less.filter(here).forEach((picture) => marks.showExample(picture, "less"));
        if (base?.kind === "place" && here(base.picture)) marks.showPlace(base.picture.tile.window);
        this.#showChoice();
    }

    #drawHits(start) {
        const { raster, marks } = this.#map;
        this.#hits.slice(start).forEach((picture, index) => {
            const rank = start + index + 1;
            if (picture.tile?.raster === raster.id) {
                marks.showHit(picture, rank, Math.max(1 - (rank - 1) / this.#first, 0));
            }
        });
    }

    #showChoice() {
        const select = element("raster");
        const options = this.#rasters.map((raster) => {
            const count = this.#hits.filter(({ tile }) => tile?.raster === raster.id).length;
            const words = this.#hits.length > 0 ? `${raster.name} · ${count} of ${this.#hits.length} hits` : raster.name;
            return new Option(words, raster.id, false, raster.id === this.#map.raster.id);
        });
        select.replaceChildren(...options);
        select.disabled = this.#rasters.length < 2;
    }
}
