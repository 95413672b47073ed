// Shows pictures of the server. With a key they are fetched by script, because an `img` sends no headers.

import * as api from "./api.js";

const addresses = new Map();
const waiting = new IntersectionObserver(
    (entries) => {
        for (const entry of entries) {
            if (!entry.isIntersecting) continue;
            waiting.unobserve(entry.target);
            fetchInto(entry.target, addresses.get(entry.target));
            addresses.delete(entry.target);
        }
    },
    { rootMargin: "600px" });

/** @param width of the thumbnail, in pixels of the screen. */
export function show(image, picture, width) {
    const wanted = Math.round(width * Math.min(window.devicePixelRatio || 1, 2));
    const address = `${picture.thumb_url}?w=${Math.min(wanted, 1024)}`;
    image.addEventListener("load", () => { image.dataset.shown = ""; }, { once: true });
    image.addEventListener("error", () => { image.dataset.shown = "failed"; }, { once: true });
    if (!api.hasKey()) {
        image.src = address;
    } else if (image.loading === "lazy") {
        addresses.set(image, address);
        waiting.observe(image);
    } else {
        fetchInto(image, address);
    }
}

/** Pictures that are not shown any more need not be fetched. */
export function forget(images) {
    for (const image of images) {
        waiting.unobserve(image);
        addresses.delete(image);
    }
}

async function fetchInto(image, address) {
    try {
        const object = URL.createObjectURL(await api.bytes(address));
        image.addEventListener("load", () => URL.revokeObjectURL(object), { once: true });
        image.src = object;
    } catch {
        // The name and the distance say what would be here.
        image.dataset.shown = "failed";
    }
}

/** Lets a link lead to the original, also where a key is needed. */
export function link(anchor, picture) {
    anchor.href = picture.file_url;
    if (!api.hasKey()) return;
    anchor.addEventListener("click", async (event) => {
        event.preventDefault();
        const object = URL.createObjectURL(await api.bytes(picture.file_url));
        const download = Object.assign(document.createElement("a"), { href: object, download: picture.name });
        download.click();
        setTimeout(() => URL.revokeObjectURL(object), 60_000);
    });
}
