// The service worker of one release and language (see coachnet/offline.py): when a page cannot be fetched, it answers
// with the page that opens without network. It keeps that page and its files, and nothing of anybody. What the server
// can answer is the server's: forms, downloads, fragments and sign-in pass it by.
const CACHE = "coachnet-{{ release|escapejs }}";
const PAGE = "{{ page|escapejs }}";
const FILES = new Set([{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}]);
const PATIENCE = {{ patience|unlocalize }};

const kept = async (what) => (await caches.open(CACHE)).match(what, { ignoreVary: true });

self.addEventListener("install", (event) => {
  // As nobody, and never what a redirect led to: a sign-in page must not be kept in its place.
  const page = new Request(PAGE, { cache: "reload", credentials: "omit", redirect: "error" });
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([page, ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))),
  );
});

async function fetchedOrPage(request) {
  const late = new Promise((_resolve, reject) => {
    // Whoever reloads wants this page and no other, however slow the line.
    if (!request.isReloadNavigation) setTimeout(reject, PATIENCE);
  });
  try {
    return await Promise.race([fetch(request), late]);
  } catch {
    return (await kept(PAGE)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (request.destination === "document") event.respondWith(fetchedOrPage(request));
  } else if (FILES.has(new URL(request.url).pathname)) {
    // Their names follow their contents, and on a line that hangs the page would wait for its style.
    event.respondWith(kept(request).then((file) => file ?? fetch(request)));
  }
});
