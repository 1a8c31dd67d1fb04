// The window that plotly.js finds: a document of linkedom's, timers that are run by whoever draws, the same random
// numbers for every picture, and no way out: no network, no files, no real clock to wait for.
(() => {
  'use strict';
  const page = globalThis;
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  // linkedom reads its own tables with atob while it is loaded.
  page.atob = text => {
    let out = '', bits = 0, held = 0;
    for (const letter of text.replace(/=+$/, '')) {
      bits = (bits << 6) | ALPHABET.indexOf(letter);
      if ((held += 6) >= 8) out += String.fromCharCode((bits >> (held -= 8)) & 255);
    }
    return out;
  };
  // Asked for by map code at load; nothing that we draw calls them.
  page.btoa = () => { throw new Error('btoa is not here'); };
  page.TextDecoder = page.TextEncoder = class {};
  page.Blob = class {};
  page.URL = { createObjectURL: () => '', revokeObjectURL: () => {} };

  Object.assign(page, { window: page, self: page, top: page, parent: page, devicePixelRatio: 1 });
  Object.assign(page, { innerWidth: 4000, innerHeight: 4000, pageXOffset: 0, pageYOffset: 0 });
  page.navigator = { userAgent: 'plotly.js in V8', platform: '', language: 'en' };
  page.location = { href: 'about:blank', protocol: 'about:', search: '', hash: '' };
  page.matchMedia = () => ({ matches: false, addListener() {}, addEventListener() {} });
  page.addEventListener = page.removeEventListener = () => {};
  page.dispatchEvent = () => true;
  page.performance = { now: () => 0 };
  page.console = { log() {}, info() {}, warn() {}, error() {}, debug() {}, trace() {} };

  const timers = new Map();
  let latest = 0;
  page.setTimeout = (act, _delay, ...given) => (timers.set(++latest, () => act(...given)), latest);
  page.requestAnimationFrame = act => page.setTimeout(act, 0, 0);
  page.setInterval = () => 0;
  page.clearTimeout = page.cancelAnimationFrame = page.clearInterval = id => timers.delete(id);
  // Everything that waits, in order, without the waiting.
  page.runTimers = () => {
    const due = [...timers.values()];
    timers.clear();
    for (const act of due) act();
    return due.length;
  };
  page.forgetTimers = () => timers.clear();

  // mulberry32: plotly.js makes ids of random numbers, and the same figure is to give the same bytes.
  let state = 0;
  page.reseed = () => { state = 0x9e3779b9; };
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
})();
