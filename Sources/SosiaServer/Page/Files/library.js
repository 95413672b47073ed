// The library that draws the map. The server has it from a package of its system; it comes when a map is opened first.

import * as api from "./api.js";

const folder = "/leaflet";

let loading = null;

/** @returns the library, or rejects with what the server says when it does not have it; the next call asks again. */
export function mapLibrary() {
    loading ??= load().catch((error) => {
        loading = null;
        throw error;
    });
    return loading;
}

async function load() {
    // A script that does not come does not say why.
    await api.bytes(`${folder}/leaflet.js`);
    const script = Object.assign(document.createElement("script"), { src: `${folder}/leaflet.js` });
    await loaded(script, () => document.head.append(script));
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${folder}/leaflet.css` });
    // Before the page's own style, which goes over it.
    await loaded(style, () => document.querySelector("link[rel=stylesheet]").before(style));
    return window.L;
}

function loaded(part, begin) {
    return new Promise((resolve, reject) => {
        part.addEventListener("load", resolve);
        part.addEventListener("error", () => {
            part.remove();
            reject(new Error(`${part.src ?? part.href} did not come`));
        });
        begin();
    });
}
