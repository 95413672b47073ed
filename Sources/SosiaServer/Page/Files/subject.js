// The picture that is looked for, its part, and the pictures that refine the search.

import * as pictures from "./pictures.js";

const element = (id) => document.getElementById(id);
const previewWidth = 560;

export class Subject extends EventTarget {
    #rectangle;
    #base = null;
    #object = null;
    #preview;
    /** What the server said of the base, once it was asked: its width and height. */
    #seen = null;

    /**
     * Sends `more` and `less` with a picture as `detail` when its chip is taken away.
     * @param preview asks the server what it sees in a file or at an address.
     */
    constructor(rectangle, preview) {
        super();
        this.#rectangle = rectangle;
        this.#preview = preview;
        const image = element("subject-picture");
        image.addEventListener("error", () => {
            this.#showStage(false);
            // Browsers do not show every format that the server reads.
            if (this.#base?.kind === "file") this.#seen ??= this.#ask(this.#base);
        });
        image.addEventListener("load", () => this.#showStage(true));
    }

    show({ base, part, more, less }) {
        const isNothing = base === null && more.length === 0;
        element("chooser").hidden = !isNothing;
        element("subject").hidden = isNothing;
        if (base !== this.#base) this.#showBase(base);
        this.#rectangle.show(part);
        this.showTools(part);
        const chips = [...more.map((picture) => this.#chip("more", picture)),
            ...less.map((picture) => this.#chip("less", picture))];
        element("examples").replaceChildren(...chips);
    }

    /** A part can be taken away where there is one, and made where there is none. */
    showTools(part) {
        element("drop-part").hidden = part === null;
        element("make-part").hidden = part !== null;
        element("part-hint").hidden = part !== null;
    }

    /** The width and height of the base in pixels, upright, once it is known; null when it cannot be. */
    async size() {
        const image = element("subject-picture");
        await image.decode().catch(() => {});
        const seen = await this.#seen;
        if (seen) return seen;
        const { naturalWidth, naturalHeight } = image;
        if (naturalWidth === 0) return null;
        // What is shown of a picture of the collection, or of a place, may be smaller than it is.
        return this.#base.picture ? this.#base.picture : { width: naturalWidth, height: naturalHeight };
    }

    #showBase(base) {
        const image = element("subject-picture");
        if (this.#object) URL.revokeObjectURL(this.#object);
        this.#base = base;
        this.#object = null;
        this.#seen = null;
        image.removeAttribute("src");
        delete image.dataset.shown;
        element("subject-figure").hidden = base === null;
        this.#showStage(false);
        if (base === null) return;
        const name = base.kind === "file" ? base.name : base.picture ? base.picture.name : base.url;
        element("subject-name").textContent = name;
        image.alt = `The picture that is looked for: ${name}`;
        // This page loads nothing from other hosts: a picture from elsewhere is shown as the server fetched it.
        if (base.kind === "file") {
            this.#object = URL.createObjectURL(base.file);
            image.src = this.#object;
        } else if (base.picture) {
            pictures.show(image, base.picture, previewWidth);
        } else {
            this.#seen = this.#ask(base);
        }
    }

    /** The size of a picture that the server shows; null when it cannot, which its answer to the search explains. */
    async #ask(base) {
        try {
            const { width, height, jpeg } = await this.#preview(base);
            if (base !== this.#base) return null;
            element("subject-picture").src = `data:image/jpeg;base64,${jpeg}`;
            return { width, height };
        } catch {
            return null;
        }
    }

    #showStage(isShown) {
        element("stage").classList.toggle("without-picture", !isShown);
        element("part-tools").hidden = !isShown;
    }

    #chip(side, picture) {
        const chip = element("chip").content.firstElementChild.cloneNode(true);
        chip.classList.add(side);
        chip.querySelector("use").setAttribute("href", side === "more" ? "#icon-plus" : "#icon-minus");
        pictures.show(chip.querySelector("img"), picture, 32);
        chip.querySelector(".chip-name").textContent = picture.name;
        const button = chip.querySelector("button");
        button.setAttribute("aria-label", `Remove: ${side} like ${picture.name}`);
        button.addEventListener("click", () => {
            this.dispatchEvent(new CustomEvent(side, { detail: picture }));
        });
        return chip;
    }
}
