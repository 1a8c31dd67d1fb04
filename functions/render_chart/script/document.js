// The document, in the details that plotly.js looks at: names of SVG elements in lower case, computed styles, and a
// canvas that remembers its cells, so that a heat map becomes rectangles instead of a picture inside a picture.
(() => {
  'use strict';
  const page = globalThis;
  const SVG = 'http://www.w3.org/2000/svg';
  const made = linkedom.parseHTML('<!doctype html><html><head></head><body></body></html>');
  const document = (page.document = made.document);
  for (const name of ['Element', 'HTMLElement', 'SVGElement', 'Node', 'Event', 'CustomEvent', 'DOMParser', 'MutationObserver'])
    page[name] = made[name];
  page.svgPrototype = Object.getPrototypeOf(document.createElementNS(SVG, 'g'));
  Object.defineProperty(page.svgPrototype, 'nodeName', { get() { return this.localName; } });

  page.getComputedStyle = element => new Proxy(element.style, {
    get: (style, name) => name === 'getPropertyValue' ? key => style.getPropertyValue(key) || '' : style[name] || '',
  });

  // More cells than this are a photograph, not a chart.
  const MOST_CELLS = 20000;
  const TOO_MANY = `The heat map is smoothed (zsmooth) or has more than ${MOST_CELLS} cells.`;
  const canvases = (page.canvases = []);
  class Context {
    constructor(canvas) { this.canvas = canvas; this.cells = []; this.fillStyle = '#000'; }
    fillRect(x, y, width, height) { this.cells.push([x, y, width, height, this.fillStyle]); this.check(); }
    createImageData(width, height) { return { width, height, data: { set(bytes) { this.bytes = bytes; } } }; }
    putImageData({ width, height, data: { bytes } }) {
      if (width * height > MOST_CELLS) throw new Error(TOO_MANY);
      for (let i = 0; i < width * height; i++) {
        const [r, g, b, a] = bytes.slice(4 * i, 4 * i + 4);
        if (a) this.cells.push([i % width, Math.floor(i / width), 1, 1, `rgba(${r},${g},${b},${a / 255})`]);
      }
      this.check();
    }
    measureText(text) { return { width: page.textWidth(text, 16, false) }; }
    check() { if (this.cells.length > MOST_CELLS) throw new Error(TOO_MANY); }
  }
  const create = document.createElement.bind(document);
  document.createElement = name => {
    const element = create(name);
    if (name !== 'canvas') return element;
    const context = new Context(element);
    element.getContext = kind => kind === '2d' ? context : null;
    element.toDataURL = () => `canvas:${canvases.push({ width: element.width, height: element.height, cells: context.cells }) - 1}`;
    return element;
  };
})();
