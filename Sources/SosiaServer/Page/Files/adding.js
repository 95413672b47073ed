// Adding pictures: many files or a folder, a few at a time, with progress.

import * as api from "./api.js";
import { explain } from "./advice.js";

const batch = { files: 8, bytes: 16 << 20 };
const endings = /\.(jpe?g|png|webp|gif|tiff?|hei[cf]|avif|bmp)$/i;
const element = (id) => document.getElementById(id);

/** Files of other kinds lie in every folder; they are not worth a message. */
const isPicture = (file) => file.type.startsWith("image/") || endings.test(file.name);

export class Adding extends EventTarget {
    #collection = "";
    #stop = null;

    /** Sends `added` once pictures have been added. */
    constructor() {
        super();
        const [files, folder] = [element("files"), element("folder")];
        element("pick-many").addEventListener("click", () => files.click());
        element("pick-folder").addEventListener("click", () => folder.click());
        for (const input of [files, folder]) {
            input.addEventListener("change", () => {
                this.add([...input.files]);
                input.value = "";
            });
        }
        element("adding-stop").addEventListener("click", () => this.#stop?.abort());
    }

    open(collection) {
        this.#collection = collection;
        element("adding-collection").textContent = collection;
        if (!element("adding").open) element("adding").showModal();
    }

    async add(chosen) {
        const files = chosen.filter(isPicture);
        if (files.length === 0) {
            element("adding-done").textContent = "There are no pictures among these files.";
            return;
        }
        if (this.#stop) return;
        this.#stop = new AbortController();
        const outcome = { added: 0, known: 0, refused: [], done: 0 };
        this.#begin(files.length);
        try {
            for (const some of batches(files)) {
                await this.#addBatch(some, outcome);
                this.#progress(outcome.done, files.length);
            }
            this.#end(outcome, "");
        } catch (error) {
            this.#end(outcome, error.name === "AbortError" ? "Stopped." : `${error.title} ${explain(error)}`);
        }
        this.#stop = null;
        if (outcome.added > 0) this.dispatchEvent(new Event("added"));
    }

    async #addBatch(files, outcome) {
        try {
            const answer = await api.add(this.#collection, files, this.#stop.signal);
            outcome.added += answer.added;
            outcome.known += answer.known;
            for (const { name, state, problem } of answer.results) {
                if (state === "skipped") outcome.refused.push(`${name}: ${problem.detail || problem.title}`);
            }
        } catch (error) {
            // None of these files can be used; the next ones may be fine.
            if (!(error instanceof api.Problem) || error.members.skipped === undefined) throw error;
            outcome.refused.push(...files.map(({ name }) => `${name}: ${error.title}`));
        }
        outcome.done += files.length;
    }

    #begin(total) {
        element("adding-done").textContent = "";
        element("adding-refused").hidden = true;
        element("adding-progress").hidden = false;
        for (const id of ["pick-many", "pick-folder"]) element(id).disabled = true;
        this.#progress(0, total);
    }

    #progress(done, total) {
        element("adding-bar").max = total;
        element("adding-bar").value = done;
        element("adding-text").textContent = `${done.toLocaleString()} of ${total.toLocaleString()} pictures`;
    }

    #end({ added, known, refused }, problem) {
        element("adding-progress").hidden = true;
        for (const id of ["pick-many", "pick-folder"]) element(id).disabled = false;
        const parts = [`${added.toLocaleString()} added`];
        if (known > 0) parts.push(`${known.toLocaleString()} were there already`);
        if (refused.length > 0) parts.push(`${refused.length.toLocaleString()} could not be used`);
        element("adding-done").textContent = `${parts.join(", ")}. ${problem}`.trim();
        const details = element("adding-refused");
        details.hidden = refused.length === 0;
        details.querySelector("summary").textContent = "Files that could not be used";
        details.querySelector("ul").replaceChildren(
            ...refused.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    }
}

function* batches(files) {
    let some = [];
    let bytes = 0;
    for (const file of files) {
        if (some.length > 0 && (some.length >= batch.files || bytes + file.size > batch.bytes)) {
            yield some;
            [some, bytes] = [[], 0];
        }
        some.push(file);
        bytes += file.size;
    }
    if (some.length > 0) yield some;
}

/** All files of what was dropped, those within folders too. */
export async function droppedFiles(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) return { files: [...transfer.files], isFolder: false };
    const files = [];
    for (const entry of entries) await collect(entry, files);
    return { files, isFolder: true };
}

async function collect(entry, files) {
    if (entry.isFile) {
        files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
        return;
    }
    const reader = entry.createReader();
    for (;;) {
        // A reader gives a hundred or so at a time, and none at the end.
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) return;
        for (const child of some) await collect(child, files);
    }
}
