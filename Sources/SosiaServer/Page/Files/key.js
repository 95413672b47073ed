// Asks for a key when the server wants one. Several requests that are turned away at once ask once.

import { setKey } from "./api.js";

const element = (id) => document.getElementById(id);
let answer = null;

/** @param wasRefused whether there was a key, which the server did not take. */
export function askForKey(wasRefused) {
    answer ??= ask(wasRefused).finally(() => { answer = null; });
    return answer;
}

async function ask(wasRefused) {
    const [dialog, input, problem] = [element("key"), element("key-input"), element("key-problem")];
    problem.hidden = !wasRefused;
    problem.textContent = wasRefused ? "The server does not know this key." : "";
    input.value = "";
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    const key = input.value.trim();
    input.value = "";
    if (!key) return false;
    setKey(key);
    return true;
}
