// The pictures as rows of equal height, each with its name, its distance and the ways to refine the search.

import * as pictures from "./pictures.js";

const tileWidth = 320;
const pick = (root, selector) => root.querySelector(selector);

export class Grid extends EventTarget {
    #list;
    #template;
    #tiles = new Map();

    /**
     * Sends `choose`, `more`, `less` and `locate` with the picture as `detail`, and `point` when the pointer or the
     * keyboard comes to a picture or, with null, leaves it.
     */
    constructor(list, template) {
        super();
        this.#list = list;
        this.#template = template;
        list.addEventListener("click", (event) => this.#click(event));
        list.addEventListener("keydown", (event) => this.#key(event));
        for (const type of ["pointerover", "focusin"]) {
            list.addEventListener(type, ({ target }) => this.#send("point", target.closest(".tile")?.dataset.id));
        }
        for (const type of ["pointerleave", "focusout"]) list.addEventListener(type, () => this.#send("point", null));
    }

    get count() { return this.#tiles.size; }

    clear() {
        pictures.forget(this.#list.querySelectorAll("img"));
        this.#list.replaceChildren();
        this.#tiles.clear();
    }

    append(results) {
        const tiles = document.createDocumentFragment();
        for (const picture of results) {
            if (this.#tiles.has(String(picture.id))) continue;
            const tile = this.#tile(picture);
            this.#tiles.set(String(picture.id), { tile, picture });
            tiles.append(tile);
        }
        this.#list.append(tiles);
    }

    /** Shows which pictures refine the search; `less` makes no sense before there is something to look for. */
    mark({ more, less }, canRefine) {
        const ids = (list) => new Set(list.map(({ id }) => String(id)));
        const [moreIDs, lessIDs] = [ids(more), ids(less)];
        for (const [id, { tile }] of this.#tiles) {
            pick(tile, ".more-like").setAttribute("aria-pressed", moreIDs.has(id));
            pick(tile, ".less-like").setAttribute("aria-pressed", lessIDs.has(id));
            pick(tile, ".less-like").hidden = !canRefine;
        }
    }

    #tile(picture) {
        const tile = this.#template.content.firstElementChild.cloneNode(true);
        tile.dataset.id = picture.id;
        tile.style.setProperty("--ratio", clampedRatio(picture));
        pick(tile, ".picture").setAttribute("aria-label", label(picture));
        pick(tile, ".picture").title = "Search with this picture";
        pictures.show(pick(tile, "img"), picture, tileWidth);
        pick(tile, ".name").textContent = picture.name;
        pictures.link(pick(tile, ".name"), picture);
        pick(tile, ".name").title = `${picture.path ?? picture.name}, ${picture.width} × ${picture.height}`;
        pick(tile, ".folder").textContent = folder(picture);
        pick(tile, ".distance").textContent = picture.distance === undefined ? "" : distance(picture.distance);
        pick(tile, ".locate").hidden = picture.tile?.raster === undefined;
        pick(tile, ".locate").setAttribute("aria-label", `Show ${picture.name} on the map`);
        pick(tile, ".locate").title = "Show on the map";
        for (const [side, word] of [["more", "More"], ["less", "Less"]]) {
            const button = pick(tile, `.${side}-like`);
            button.setAttribute("aria-label", `${word} like ${picture.name}`);
            button.title = `${word} like this`;
        }
        return tile;
    }

    #click(event) {
        const button = event.target.closest("button");
        const id = button?.closest(".tile")?.dataset.id;
        if (!id) return;
        const types = { picture: "choose", "more-like": "more", "less-like": "less", locate: "locate" };
        this.#send(types[Object.keys(types).find((name) => button.matches(`.${name}`))], id);
    }

    /** Arrows go from picture to picture, plus and minus refine. */
    #key(event) {
        const button = event.target.closest(".picture");
        if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
        const tile = button.closest(".tile");
        if (event.key === "+" || event.key === "-") {
            event.preventDefault();
            this.#send(event.key === "+" ? "more" : "less", tile.dataset.id);
            return;
        }
        const next = this.#neighbour(tile, event.key);
        if (!next) return;
        event.preventDefault();
        pick(next, ".picture").focus();
    }

    #neighbour(tile, key) {
        switch (key) {
        case "ArrowRight": return tile.nextElementSibling;
        case "ArrowLeft": return tile.previousElementSibling;
        case "ArrowDown": return this.#vertical(tile, "nextElementSibling");
        case "ArrowUp": return this.#vertical(tile, "previousElementSibling");
        case "Home": return this.#list.firstElementChild;
        case "End": return this.#list.lastElementChild;
        default: return null;
        }
    }

    /** The tile of the next row whose middle is nearest. */
    #vertical(tile, sibling) {
        const middle = tile.offsetLeft + tile.offsetWidth / 2;
        let candidate = tile[sibling];
        while (candidate && candidate.offsetTop === tile.offsetTop) candidate = candidate[sibling];
        const row = candidate?.offsetTop;
        let best = null;
        let least = Infinity;
        for (; candidate && candidate.offsetTop === row; candidate = candidate[sibling]) {
            const away = Math.abs(candidate.offsetLeft + candidate.offsetWidth / 2 - middle);
            if (away < least) [best, least] = [candidate, away];
        }
        return best;
    }

    #send(type, id) {
        this.dispatchEvent(new CustomEvent(type, { detail: this.#tiles.get(id)?.picture ?? null }));
    }
}

/** The end of the path, which tells pictures of the same name apart; empty for those who may not see it. */
const folder = ({ path }) => path?.split("/").slice(-3, -1).join("/") ?? "";

/** Very wide and very high pictures get a tile that the others can live with. */
function clampedRatio({ width, height }) {
    return Math.min(Math.max(width / height || 1, 0.5), 2.6).toFixed(4);
}

export const distance = (value) => value.toFixed(value < 10 ? 4 : 1);

function label(picture) {
    const name = `Search with ${picture.name}`;
    return picture.distance === undefined ? name : `${name}, distance ${distance(picture.distance)}`;
}
