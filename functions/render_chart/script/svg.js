// From plotly.js's tree to the SVG that goes out: only what is on the lists below and can be seen, each property once,
// as attributes and not as styles (readers of SVG take those faster), two decimals, nothing that refers outside.
(() => {
  'use strict';
  const page = globalThis;
  const ELEMENTS = new Set([
    'g', 'path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'text', 'tspan',
    'clipPath', 'pattern', 'linearGradient', 'radialGradient', 'stop',
  ]);
  // What a child has from its parent, with the value at the root.
  const INHERITED = {
    fill: '#000', 'fill-opacity': '1', 'fill-rule': 'nonzero', stroke: 'none', 'stroke-width': '1', 'stroke-opacity': '1',
    'stroke-dasharray': 'none', 'stroke-dashoffset': '0', 'stroke-linecap': 'butt', 'stroke-linejoin': 'miter',
    'stroke-miterlimit': '4', 'font-family': '', 'font-size': '', 'font-weight': 'normal', 'font-style': 'normal',
    'text-anchor': 'start', 'shape-rendering': 'auto', 'letter-spacing': 'normal',
  };
  const PLAIN = new Set([
    'd', 'x', 'y', 'dx', 'dy', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r', 'x1', 'x2', 'y1', 'y2', 'points', 'transform',
    'opacity', 'clip-path', 'patternUnits', 'patternTransform', 'gradientUnits', 'gradientTransform', 'offset', 'stop-color',
    'stop-opacity', 'dominant-baseline', 'text-decoration',
  ]);
  const ABSENT = { opacity: '1', 'clip-path': 'none', 'text-decoration': 'none', 'dominant-baseline': 'auto' };
  const DEFINED = ['clipPath', 'pattern', 'linearGradient', 'radialGradient'];
  const MANY_DECIMALS = /-?\d*\.\d{3,}(?:e[-+]?\d+)?|-?\d+(?:\.\d+)?e-\d+/gi;
  const COLOUR = /rgba?\(\s*([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\s*\)/g;
  const REFERENCE = /^url\(["']?#([^"')]+)["']?\)$/;

  const escaped = text => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])
    // XML has no way to write these.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  const rounded = text => text.replace(MANY_DECIMALS, value => String(Math.round(value * 100) / 100));
  const hex = value => Math.round(value).toString(16).padStart(2, '0');
  const colour = text => text.replace(COLOUR, (_, r, g, b, a) => a === undefined || +a === 1 ? `#${hex(r)}${hex(g)}${hex(b)}` : _);

  // Attributes and styles of an element as one table; a style wins, as in a browser.
  const properties = element => {
    const all = {};
    for (const { name, value } of element.attributes)
      if (name !== 'style' && (name in INHERITED || PLAIN.has(name))) all[name] = value;
    for (const declaration of (element.getAttribute('style') ?? '').split(';')) {
      const at = declaration.indexOf(':'), name = declaration.slice(0, at).trim(), value = declaration.slice(at + 1).trim();
      if (value && (name in INHERITED || PLAIN.has(name))) all[name] = value;
    }
    // A tile that is a thousandth too small is half a pixel off after a hundred tiles.
    const exact = element.localName === 'pattern' || element.parentNode?.localName === 'pattern';
    for (const name in all) {
      // An id such as 4315e-48 is no number; plotly.js marks quotes like this, for browsers that double them.
      const plain = all[name].trim().replaceAll('TOBESTRIPPED', "'");
      const value = (exact || plain.startsWith('url(') ? String : rounded)(colour(plain)).replace(/^(-?[\d.]+)px$/, '$1');
      if (value === '' && name !== 'font-family') delete all[name]; else all[name] = value;
    }
    return all;
  };

  const isHidden = element => {
    const { display, visibility, opacity } = element.style ?? {};
    return display === 'none' || visibility === 'hidden' || opacity === '0' || element.getAttribute('opacity') === '0';
  };
  const paints = (all, kind) => all[kind] !== 'none' && all[kind] !== 'transparent' && +all[`${kind}-opacity`] !== 0;
  const SHAPES = new Set(['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon']);
  const isBlank = (name, all) => {
    if (!SHAPES.has(name)) return false;
    if (name === 'path' && !all.d || name === 'rect' && !(+all.width > 0 && +all.height > 0)) return true;
    return !paints(all, 'fill') && !(paints(all, 'stroke') && parseFloat(all['stroke-width']) !== 0);
  };

  class Writer {
    constructor(svg, prefix) {
      this.svg = svg;
      this.prefix = prefix;
      this.ids = new Map();
      this.definitions = new Map();
      for (const name of DEFINED) for (const each of svg.querySelectorAll(name)) if (each.id) this.definitions.set(each.id, each);
    }

    // `url(#…)` of something defined here becomes one of ours; anything else is no reference at all.
    reference(value) {
      const id = REFERENCE.exec(value)?.[1];
      if (!this.definitions.has(id)) return 'none';
      if (!this.ids.has(id)) this.ids.set(id, `${this.prefix}${this.ids.size + 1}`);
      return `url(#${this.ids.get(id)})`;
    }

    // Cutting off what does not stick out costs a layer of the whole picture, and most of the time of a rasteriser.
    cutsNothing(element, value) {
      const clip = this.definitions.get(REFERENCE.exec(value)?.[1]);
      if (!clip || clip.children.length !== 1 || clip.children[0].localName !== 'rect') return false;
      const room = page.boxOf(clip.children[0]), box = page.boxOf(element);
      return !box || (box[0] >= room[0] - 1 && box[1] >= room[1] - 1 && box[2] <= room[2] + 1 && box[3] <= room[3] + 1);
    }

    // A hatched rectangle with its lines drawn out: a pattern's tiles show their seams on paper, and cost more.
    hatched(element, inherited) {
      const pattern = this.definitions.get(REFERENCE.exec(properties(element).fill)?.[1]);
      const drawn = pattern?.localName === 'pattern' && page.hatch(element, pattern, properties);
      if (!drawn) return '';
      const [text] = this.attributes(element, inherited, { fill: drawn.base });
      return `<${element.localName}${text}/>` + rounded(drawn.lines);
    }

    attributes(element, inherited, instead = {}) {
      const all = { ...properties(element), ...instead }, now = { ...inherited };
      let text = '';
      for (const name in all) {
        let value = all[name];
        if (name === 'clip-path' && this.cutsNothing(element, value)) continue;
        if (value.includes('url(')) value = this.reference(value);
        if (name in INHERITED) {
          if (now[name] === value) continue;
          now[name] = value;
        } else if (ABSENT[name] === value) continue;
        text += ` ${name}="${escaped(value)}"`;
      }
      return [text, now, { ...now, ...all }];
    }

    element(element, inherited) {
      const name = element.localName;
      if (isHidden(element)) return '';
      if (name === 'image') return this.cells(element);
      if (name === 'a') return this.children(element, inherited);
      if (!ELEMENTS.has(name) || DEFINED.includes(name)) return '';
      const hatched = SHAPES.has(name) && this.hatched(element, inherited);
      if (hatched) return hatched;
      const [text, now, all] = this.attributes(element, inherited);
      if (isBlank(name, all)) return '';
      const inside = this.children(element, now);
      if (!inside && !SHAPES.has(name)) return '';
      if (!text && (name === 'g' || name === 'tspan')) return inside;
      return inside ? `<${name}${text}>${inside}</${name}>` : `<${name}${text}/>`;
    }

    children(element, inherited) {
      let out = '';
      const words = element.localName === 'text' || element.localName === 'tspan' || element.localName === 'a';
      for (const child of element.childNodes)
        if (child.nodeType === 1) out += this.element(child, inherited);
        else if (child.nodeType === 3 && words) out += escaped(child.data);
      return out;
    }

    // A heat map's cells, from the canvas that plotly.js painted them on.
    cells(image) {
      const canvas = page.canvases[+(/^canvas:(\d+)$/.exec(image.getAttribute('xlink:href') ?? image.getAttribute('href') ?? '')?.[1] ?? -1)];
      if (!canvas) return '';
      const at = name => parseFloat(image.getAttribute(name)) || 0;
      const across = at('width') / canvas.width, down = at('height') / canvas.height;
      let out = '';
      for (const [x, y, width, height, fill] of canvas.cells) {
        const painted = colour(fill), [, , , , opacity] = /rgba\(([^,]+),([^,]+),([^,]+),([^)]+)\)/.exec(painted) ?? [];
        if (opacity !== undefined && +opacity === 0) continue;
        const [left, top, wide, high] = [at('x') + x * across, at('y') + y * down, width * across, height * down];
        out += rounded(`<rect x="${left}" y="${top}" width="${wide}" height="${high}" fill="${painted}"/>`);
      }
      return out && `<g shape-rendering="crispEdges">${out}</g>`;
    }

    defined(id) {
      const element = this.definitions.get(id), name = element.localName;
      const [text] = this.attributes(element, INHERITED);
      let inside = '';
      for (const child of element.children) inside += this.part(child);
      return `<${name} id="${this.ids.get(id)}"${text}>${inside}</${name}>`;
    }

    part(element) {
      if (!ELEMENTS.has(element.localName)) return '';
      return `<${element.localName}${this.attributes(element, INHERITED)[0]}/>`;
    }

    whole({ width, height, title, description, language }) {
      const body = this.children(this.svg, { ...INHERITED });
      let definitions = '';
      // A pattern may refer to another; the map grows while it is gone through.
      for (const id of this.ids.keys()) definitions += this.defined(id);
      const words = (title ? `<title>${escaped(title)}</title>` : '') + (description ? `<desc>${escaped(description)}</desc>` : '');
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"`
        + `${language ? ` lang="${escaped(language)}"` : ''} xml:space="preserve">${words}`
        + `${definitions && `<defs>${definitions}</defs>`}${body}</svg>`;
    }
  }

  let wanted = null, drawn = null, failed = null, idle = 0;
  // plotly.js hands its finished tree to this at the end of toImage; what it then does with the text is for browsers.
  page.XMLSerializer = class {
    serializeToString(svg) {
      drawn = new Writer(svg, wanted.prefix).whole(wanted);
      return '<svg/>';
    }
  };

  // Begin to draw: `figure` and `options` {width, height, prefix, title, description, language} as JSON.
  page.begin = (figure, options) => {
    idle = 0;
    wanted = JSON.parse(options);
    drawn = failed = null;
    canvases.length = 0;
    page.forgetTimers();
    page.reseed();
    const { data, layout } = JSON.parse(figure);
    const { width, height } = wanted;
    Plotly.toImage({ data, layout, config: { staticPlot: true } }, { format: 'svg', width, height, imageDataOnly: true })
      .catch(error => { failed = String(error?.message ?? error); });
    return true;
  };
  // Run what waits. Gives the picture when it is there, "" when it is not yet. Throws when there will be none.
  page.go = () => {
    const ran = page.runTimers();
    if (failed !== null) throw new Error(failed);
    idle = drawn === null && ran === 0 ? idle + 1 : 0;
    if (idle > 3) throw new Error('plotly.js waits for something that is not here.');
    if (drawn !== null) document.body.innerHTML = '';
    return drawn ?? '';
  };
})();
