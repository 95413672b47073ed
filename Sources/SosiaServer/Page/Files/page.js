// The page: what the person does becomes a query, the query a request, the answer a grid.

import * as api from "./api.js";
import * as query from "./query.js";
import { showFacts, timing } from "./about.js";
import { Adding, droppedFiles } from "./adding.js";
import { explain, isPassing } from "./advice.js";
import { attributeControls } from "./filter.js";
import { Grid } from "./grid.js";
import { askForKey } from "./key.js";
import { Rasters } from "./rasters.js";
import { Rectangle } from "./rectangle.js";
import { Subject } from "./subject.js";

const element = (id) => document.getElementById(id);
const say = (text) => { element("status").textContent = text; };

const grid = new Grid(element("grid"), element("tile"));
const rectangle = new Rectangle(element("stage"), element("part"));
const subject = new Subject(rectangle, (base) => api.preview(collection.name, base));
const adding = new Adding();
const rasters = new Rasters();

let collection = null;
let current = query.nothing;
let cursor = null;
let running = null;
/** The queries of this visit; the browser's history holds their numbers. */
const visited = [query.nothing];

api.onUnauthenticated(askForKey);

// Searching

/** Pictures that are asked for at once; the next ones come when they are scrolled to. */
const pageSize = 40;

function options() {
    const k = element("k");
    return {
        filter: element("filter").value.trim(),
        k: k.validity.valid ? k.valueAsNumber : Number(k.defaultValue),
        mode: element("mode").value,
    };
}

/** Shows the answer to a query from its first picture on. */
async function look(next, { isNew = true } = {}) {
    current = next;
    if (isNew) {
        visited.push(next);
        history.pushState(visited.length - 1, "");
    }
    subject.show(next);
    await fill();
}

async function fill() {
    cursor = null;
    await load(true);
}

async function load(isFirst) {
    running?.abort();
    const own = running = new AbortController();
    const [asked, settings] = [current, options()];
    element("results").setAttribute("aria-busy", "true");
    element("more").hidden = true;
    hideProblem();
    try {
        const answer = await ask(asked, settings, isFirst ? null : cursor, own.signal);
        if (own !== running) return;
        showAnswer(asked, answer, isFirst, settings);
    } catch (error) {
        if (own !== running || error.name === "AbortError") return;
        if (isFirst) showNothing(asked);
        showProblem(error, () => load(isFirst));
    } finally {
        if (own === running) {
            running = null;
            element("results").removeAttribute("aria-busy");
        }
    }
    loadNext();
}

async function ask(asked, settings, from, signal) {
    if (query.isEmpty(asked)) {
        if (!collection || collection.pictures === 0) return { results: [], next_cursor: null };
        return api.pictures(collection.name, { cursor: from, k: pageSize, filter: settings.filter }, signal);
    }
    const size = asked.part ? await subject.size() : null;
    const k = Math.min(pageSize, settings.k - (from === null ? 0 : grid.count));
    const { body, file } = query.requestBody(asked, { ...settings, k }, from, size);
    return api.search(collection.name, body, file, signal);
}

/** A query that failed has no answer; that of the one before is not its own. */
function showNothing(asked) {
    grid.clear();
    rasters.show(asked, []);
    cursor = null;
    element("empty").hidden = true;
    element("results-heading").textContent = query.isEmpty(asked) ? "Pictures" : "Most similar";
    element("timing").textContent = "";
}

function showAnswer(asked, answer, isFirst, { filter, k }) {
    const isSearch = !query.isEmpty(asked);
    const isFiltered = filter !== "";
    if (isFirst) grid.clear();
    grid.append(answer.results);
    grid.mark(asked, isSearch);
    if (isFirst) rasters.show(asked, answer.results);
    else rasters.add(answer.results);
    cursor = isSearch && grid.count >= k ? null : answer.next_cursor ?? null;
    element("more").hidden = cursor === null;
    if (!isFirst) {
        say(`${answer.results.length} more pictures, ${grid.count} now`);
        return;
    }
    const isBare = !isSearch && collection?.pictures === 0;
    element("empty").hidden = !isBare;
    element("results-heading").textContent = isSearch ? "Most similar" : "Pictures";
    const found = answer.results.length;
    const facts = [found === 0 && (isSearch || isFiltered) ? "No picture passes." : "", isSearch ? timing(answer) : ""];
    element("timing").textContent = facts.filter(Boolean).join(" ");
    if (isSearch || isFiltered) say(found === 0 ? "No picture passes the filter." : `${found} pictures found`);
}

// Problems

let retry = null;

function showProblem(error, again) {
    if (!(error instanceof api.Problem)) throw error;
    if (error.kind === "invalid-filter") return showFilterProblem(error);
    element("problem-title").textContent = error.title;
    element("problem-advice").textContent = explain(error);
    retry = isPassing(error) ? again : null;
    element("problem-retry").hidden = retry === null;
    element("problem").hidden = false;
    element("problem").scrollIntoView({ block: "nearest" });
}

function showFilterProblem(error) {
    const input = element("filter");
    input.setAttribute("aria-invalid", "true");
    element("filter-problem").textContent = explain(error);
    element("filter-problem").hidden = false;
}

function hideProblem() {
    element("problem").hidden = true;
    element("filter-problem").hidden = true;
    element("filter").removeAttribute("aria-invalid");
}

element("problem-close").addEventListener("click", hideProblem);
element("problem-retry").addEventListener("click", () => retry?.());

// Ways to name a picture

/** After a search the old pictures are gone; the keyboard goes on at the new ones. */
async function lookAndGo(next) {
    scrollTo({ top: 0 });
    element("results-heading").focus({ preventScroll: true });
    await look(next);
}

function lookForFiles(files) {
    if (files.length === 1) {
        lookAndGo(query.fromFile(files[0]));
    } else if (files.length > 1) {
        addFiles(files);
    }
}

function lookForAddress(text) {
    const address = text.trim();
    if (!/^https?:\/\/\S+$/i.test(address)) return false;
    lookAndGo(query.fromURL(address));
    return true;
}

for (const [button, input] of [["pick", "file"], ["photograph", "capture"]]) {
    element(button).addEventListener("click", () => element(input).click());
    element(input).addEventListener("change", ({ target }) => {
        lookForFiles([...target.files]);
        target.value = "";
    });
}

element("url-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = element("url");
    const isAddress = lookForAddress(input.value);
    input.setCustomValidity(isAddress ? "" : "The address of a picture begins with https:// or http://.");
    if (isAddress) input.value = "";
    input.reportValidity();
});
element("url").addEventListener("input", ({ target }) => target.setCustomValidity(""));

document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length > 0) {
        event.preventDefault();
        lookForFiles(files);
    } else if (!event.target.closest("input, textarea")) {
        lookForAddress(event.clipboardData.getData("text/plain"));
    }
});

let depth = 0;
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    element("drop").classList.add("is-over");
});
document.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) element("drop").classList.remove("is-over");
});
document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
});
document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    element("drop").classList.remove("is-over");
    const { files, isFolder } = await droppedFiles(event.dataTransfer);
    if (isFolder || element("adding").open) addFiles(files);
    else lookForFiles(files);
});

// Refining

grid.addEventListener("choose", ({ detail }) => lookAndGo(query.fromPicture(detail)));
for (const side of ["more", "less"]) {
    grid.addEventListener(side, ({ detail }) => {
        if (side === "less" && query.isEmpty(current)) return;
        refine(side, detail);
    });
    subject.addEventListener(side, ({ detail }) => refine(side, detail));
    rasters.addEventListener(side, ({ detail }) => refine(side, detail, look));
}

function refine(side, picture, go = lookAndGo) {
    const next = query.toggling(current, side, picture);
    // What is only unlike something is like nothing.
    go(query.isEmpty(next) ? query.nothing : next);
}

// The map. What is done there leaves the keyboard and the view where they are.

rasters.addEventListener("choose", ({ detail }) => {
    look(detail.place ? query.atPlace(current, detail) : query.fromPicture(detail));
});
grid.addEventListener("point", ({ detail }) => rasters.point(detail));
grid.addEventListener("locate", ({ detail }) => rasters.locate(detail));

rectangle.addEventListener("change", ({ detail }) => {
    look(query.withPart(current, detail));
    if (detail === null) element("make-part").focus();
});
element("make-part").addEventListener("click", () => rectangle.start());
element("drop-part").addEventListener("click", () => {
    look(query.withPart(current, null));
    element("make-part").focus();
});

function startAgain() {
    if (current !== query.nothing) lookAndGo(query.nothing);
}
element("clear").addEventListener("click", startAgain);
element("home").addEventListener("click", startAgain);
addEventListener("popstate", ({ state }) => look(visited[state] ?? query.nothing, { isNew: false }));

// Without a new address, which would be a step of the history.
element("skip").addEventListener("click", (event) => {
    event.preventDefault();
    element("results-heading").focus();
});

// Options

element("options").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["filter", "k", "mode"]) {
    element(id).addEventListener("change", () => {
        if (element("options").reportValidity()) fill();
    });
}

async function showAttributes() {
    const input = element("filter");
    const controls = attributeControls(await api.attributes(collection.name), input, (filter, isComplete) => {
        input.value = filter;
        if (isComplete) fill();
        else input.focus();
    });
    element("attributes").replaceChildren(...controls);
}

// Scrolling

/** How far below the window the next pictures are loaded, in pixels. */
const reach = 800;

/**
 * Loads the next pictures when the end of the grid is near. An observer alone does not do: it tells changes from
 * frame to frame, and an end that is as near after an answer as before it is none.
 */
function loadNext() {
    const end = element("more");
    if (!running && !end.hidden && end.getBoundingClientRect().top < innerHeight + reach) load(false);
}

element("more").addEventListener("click", () => load(false));
new IntersectionObserver(loadNext, { rootMargin: `${reach}px` }).observe(element("more"));

// Collections

function addFiles(files) {
    adding.open(collection.name);
    adding.add(files);
}

for (const id of ["open-adding", "fill"]) {
    element(id).addEventListener("click", () => collection && adding.open(collection.name));
}
element("open-about").addEventListener("click", async () => {
    if (!collection) return;
    try {
        collection = await api.collection(collection.name);
    } catch (error) {
        showProblem(error);
        return;
    }
    showFacts(collection);
    element("about").showModal();
});
adding.addEventListener("added", async () => {
    collection = await api.collection(collection.name);
    await Promise.all([fill(), showAttributes(), rasters.offer(collection)]);
});

// A click beside a dialog closes it.
for (const id of ["adding", "about"]) {
    element(id).addEventListener("click", ({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close();
    });
}

element("collection").addEventListener("change", ({ target }) => {
    const url = new URL(location);
    url.searchParams.set("collection", target.value);
    location.assign(url);
});

/** What this server offers decides what there is to choose. */
function showOffers({ collections, fetches_urls: fetchesURLs, limits }) {
    element("url-form").hidden = !fetchesURLs;
    element("k").max = limits.k;
    const wanted = new URLSearchParams(location.search).get("collection");
    collection = collections.find(({ name }) => name === wanted) ?? collections[0] ?? null;
    const select = element("collection");
    select.replaceChildren(...collections.map(({ name }) => new Option(name)));
    select.disabled = collection === null;
    if (!collection) return;
    select.value = collection.name;
    document.title = `${collection.name} · Sosia`;
}

async function start() {
    history.replaceState(0, "");
    try {
        showOffers(await api.status());
        if (!collection) {
            showProblem(new api.Problem({
                title: "This server has no collection yet.", detail: "Make one with: sosia add FOLDER",
            }));
            return;
        }
        await Promise.all([fill(), showAttributes(), rasters.offer(collection)]);
    } catch (error) {
        showProblem(error, start);
    }
}

const wide = matchMedia("(min-width: 821px)");
const unfold = () => { element("fold").open = wide.matches; };
wide.addEventListener("change", unfold);
unfold();
start();
