// Requests to the server. A key, where one is needed, stays in this tab's session storage.

const keyName = "sosia.key";

let askForKey = async () => false;

/** Says how a key is asked for: the function shows why and returns whether there is a new one. */
export function onUnauthenticated(ask) {
    askForKey = ask;
}

export function setKey(key) {
    sessionStorage.setItem(keyName, key);
}

export function hasKey() {
    return sessionStorage.getItem(keyName) !== null;
}

/** An answer that is an error (RFC 9457), or no answer at all. */
export class Problem extends Error {
    constructor(members, retryAfter = null) {
        super(members.detail ?? members.title ?? "");
        this.kind = (members.type ?? "").replace(/^urn:sosia:problem:/, "");
        this.title = members.title ?? "The server could not do this.";
        this.detail = members.detail ?? "";
        this.members = members;
        this.retryAfter = retryAfter;
    }

    static async from(response) {
        let members = {};
        try {
            members = await response.json();
        } catch {
            members = { title: `The server answered with status ${response.status}.` };
        }
        const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
        return new Problem(members, Number.isNaN(seconds) ? null : seconds);
    }
}

async function send(path, options) {
    const headers = new Headers(options.headers);
    const key = sessionStorage.getItem(keyName);
    if (key) headers.set("Authorization", `Bearer ${key}`);
    try {
        return await fetch(path, { ...options, headers });
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Problem({ type: "urn:sosia:problem:unreachable", title: "The server cannot be reached." });
    }
}

async function request(path, options = {}) {
    let response = await send(path, options);
    while (response.status === 401) {
        if (!await askForKey(hasKey())) throw await Problem.from(response);
        response = await send(path, options);
    }
    if (!response.ok) throw await Problem.from(response);
    return response;
}

const json = async (path, options) => (await request(path, options)).json();
const collectionPath = (collection) => `/v1/collections/${encodeURIComponent(collection)}`;

export const status = () => json("/v1/status");
export const collection = (name) => json(collectionPath(name));
export const attributes = async (name) => (await json(`${collectionPath(name)}/attributes`)).attributes;

/** All of them, page by page. */
export async function rasters(name) {
    const all = [];
    let cursor = null;
    do {
        const from = cursor === null ? "" : `&cursor=${cursor}`;
        const page = await json(`${collectionPath(name)}/rasters?k=1000${from}`);
        all.push(...page.rasters);
        cursor = page.next_cursor;
    } while (cursor !== null);
    return all;
}

/** The bytes of a picture, for an `img` that cannot send a key itself. */
export const bytes = async (address, signal) => (await request(address, { signal })).blob();

/** Pictures as they are, for a start. */
export function pictures(name, { cursor, k, filter }, signal) {
    const parameters = new URLSearchParams({ k });
    if (cursor) parameters.set("cursor", cursor);
    if (filter) parameters.set("filter", filter);
    return json(`${collectionPath(name)}/images?${parameters}`, { signal });
}

/** @param file the picture that the body calls `picture`; null when it names none. */
export function search(name, body, file, signal) {
    const path = `${collectionPath(name)}/search`;
    if (!file) {
        const headers = { "Content-Type": "application/json" };
        return json(path, { method: "POST", headers, body: JSON.stringify(body), signal });
    }
    const form = new FormData();
    form.append("request", JSON.stringify(body));
    form.append("picture", file, file.name || "picture");
    return json(path, { method: "POST", body: form, signal });
}

/** What the server sees in a picture: its format, width and height, and a JPEG in base64. */
export function preview(name, { file, url }) {
    const path = `${collectionPath(name)}/preview`;
    if (!file) {
        const headers = { "Content-Type": "application/json" };
        return json(path, { method: "POST", headers, body: JSON.stringify({ url }) });
    }
    const form = new FormData();
    form.append("picture", file, file.name || "picture");
    return json(path, { method: "POST", body: form });
}

export function add(name, files, signal) {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    return json(`${collectionPath(name)}/images`, { method: "POST", body: form, signal });
}
