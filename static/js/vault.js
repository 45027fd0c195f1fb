// Copies of unsent drafts on this device: in IndexedDB, encrypted with a key that cannot be taken out of the browser,
// kept until the server has the draft, at most seven days, and wiped at sign-out. Never used for confidential companies.
// Beside the key stands whom the device last showed pages to: the page without network writes for that person.
const NAME = "coachnet";
const WEEK = 7 * 24 * 3600 * 1000;

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opened;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("drafts");
    };
    request.onsuccess = () => {
      // Another tab wipes everything at sign-out: it must not have to wait for this one.
      request.result.onversionchange = () => {
        request.result.close();
        opened = undefined;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function store(name, mode) {
  return (await database()).transaction(name, mode).objectStore(name);
}

async function key() {
  const known = await done((await store("keys", "readonly")).get("key"));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await done((await store("keys", "readwrite")).put(made, "key"));
  return made;
}

const label = (user, draft) => `${user}/${draft}`;
const isFrom = async (at, drafts, name) => !at || (await done(drafts.get(name)))?.at === at;

/** Say whose pages the device shows; "" for somebody who logs no sessions. */
export async function meet(user) {
  try {
    await done((await store("keys", "readwrite")).put(user, "person"));
  } catch {
    // Nothing can be stored, so nothing can be kept for anybody.
  }
}

/** Whom the device last showed pages to, or "". */
export async function person() {
  try {
    return (await done((await store("keys", "readonly")).get("person"))) ?? "";
  } catch {
    return "";
  }
}

/** Keep one draft; false when this browser cannot. With `at`, only if nothing has been written since. */
export async function keep(user, draft, value, at) {
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text);
    const drafts = await store("drafts", "readwrite");
    if (await isFrom(at, drafts, label(user, draft))) {
      await done(drafts.put({ iv, sealed, at: at ?? Date.now() }, label(user, draft)));
    }
    return true;
  } catch {
    return false;
  }
}

/** Drop one draft: the server has it. With `at`, only if nothing has been written since. */
export async function forget(user, draft, at) {
  try {
    const drafts = await store("drafts", "readwrite");
    if (await isFrom(at, drafts, label(user, draft))) await done(drafts.delete(label(user, draft)));
  } catch {
    // Nothing could be stored, so nothing is left.
  }
}

/** Every draft of one person as {draft, value, at}; what is older than a week is dropped instead. */
export async function recall(user) {
  const found = [];
  try {
    const names = await done((await store("drafts", "readonly")).getAllKeys());
    for (const name of names) {
      const entry = await done((await store("drafts", "readonly")).get(name));
      if (Date.now() - entry.at > WEEK) {
        await done((await store("drafts", "readwrite")).delete(name));
      } else if (name.startsWith(`${user}/`)) {
        const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: entry.iv }, await key(), entry.sealed);
        const value = JSON.parse(new TextDecoder().decode(text));
        found.push({ draft: name.slice(label(user, "").length), value, at: entry.at });
      }
    }
  } catch {
    // Storage is blocked or was cleared: there is nothing to bring back.
  }
  return found;
}

/** Whether one of them is a tap at a meeting's door, which taps.js sends. */
export const isTap = ({ draft }) => draft.startsWith("here/");

/** Every draft of one person that recover.js sends. */
export const unsent = async (user) => (await recall(user)).filter((one) => !isTap(one));

/** Wipe everything, the key too. */
export async function forgetAll() {
  try {
    (await database()).close();
    opened = undefined;
    await done(indexedDB.deleteDatabase(NAME));
  } catch {
    // Nothing could be stored, so nothing is left.
  }
}
