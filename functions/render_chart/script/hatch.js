// Hatching drawn out: the lines and dots of a pattern's square tile, repeated over a rectangle and cut at its edges.
(() => {
  'use strict';
  const page = globalThis;
  // More lines than this are a grey field; the pattern is shorter.
  const MOST = 400;

  // [left, top, right, bottom] of a rectangle along the axes, else null.
  const upright = element => {
    if (element.localName === 'rect') return page.boxOf(element);
    if (element.localName !== 'path' || !/^M[^A-Z]+(?:V[^A-Z]+H[^A-Z]+V|H[^A-Z]+V[^A-Z]+H)[^A-Z]+Z$/.test(element.getAttribute('d') ?? ''))
      return null;
    return page.boxOf(element);
  };

  // The tile's straight lines as [x1, y1, x2, y2].
  const segments = data => {
    const found = [];
    for (const [, x, y, letter, a, b] of data.matchAll(/M(-?[\d.e-]+),(-?[\d.e-]+)([lLhHvV])(-?[\d.e-]+)(?:,(-?[\d.e-]+))?/g)) {
      const fromX = +x, fromY = +y;
      if (letter === 'l') found.push([fromX, fromY, fromX + +a, fromY + +b]);
      else if (letter === 'L') found.push([fromX, fromY, +a, +b]);
      else if (letter === 'h' || letter === 'H') found.push([fromX, fromY, letter === 'h' ? fromX + +a : +a, fromY]);
      else found.push([fromX, fromY, fromX, letter === 'v' ? fromY + +a : +a]);
    }
    return found;
  };

  // Families of parallel lines n·p = offset + k·gap, each once.
  const families = (data, size, scale) => {
    const all = new Map();
    for (const [x1, y1, x2, y2] of segments(data)) {
      const length = Math.hypot(x2 - x1, y2 - y1);
      if (!length) continue;
      let nx = (y2 - y1) / length, ny = -(x2 - x1) / length;
      if (nx < -1e-6 || (Math.abs(nx) < 1e-6 && ny < 0)) { nx = -nx; ny = -ny; }
      const gap = size * Math.max(Math.abs(nx), Math.abs(ny)) * scale;
      let offset = ((nx * x1 + ny * y1) * scale) % gap;
      if (offset < -1e-3) offset += gap;
      if (gap - offset < 1e-2) offset = 0;
      all.set([nx, ny, offset].map(v => v.toFixed(2)).join(), { nx, ny, gap, offset });
    }
    return [...all.values()];
  };

  // The part of n·p = c inside the box, or null.
  const within = ({ nx, ny }, c, [left, top, right, bottom]) => {
    const ends = [];
    const put = (x, y) => {
      if (x < left - 1e-6 || x > right + 1e-6 || y < top - 1e-6 || y > bottom + 1e-6) return;
      if (!ends.some(([a, b]) => Math.abs(a - x) + Math.abs(b - y) < 1e-3)) ends.push([x, y]);
    };
    if (Math.abs(ny) > 1e-6) for (const x of [left, right]) put(x, (c - nx * x) / ny);
    if (Math.abs(nx) > 1e-6) for (const y of [top, bottom]) put((c - ny * y) / nx, y);
    return ends.length === 2 ? ends : null;
  };

  const lines = (data, size, scale, box) => {
    let out = '', count = 0;
    for (const family of families(data, size, scale)) {
      const reach = [[0, 1], [2, 1], [0, 3], [2, 3]].map(([i, j]) => family.nx * box[i] + family.ny * box[j]);
      const last = Math.max(...reach);
      for (let k = Math.ceil((Math.min(...reach) - family.offset) / family.gap); k * family.gap + family.offset < last; k++) {
        const ends = within(family, k * family.gap + family.offset, box);
        if (ends) { out += `M${ends[0]}L${ends[1]}`; count += 1; }
      }
    }
    return count <= MOST ? out : null;
  };

  const dots = (x, y, radius, size, scale, box) => {
    let out = '', count = 0;
    const step = size * scale, room = radius * scale;
    for (let py = Math.ceil((box[1] + room - y * scale) / step) * step + y * scale; py <= box[3] - room; py += step)
      for (let px = Math.ceil((box[0] + room - x * scale) / step) * step + x * scale; px <= box[2] - room; px += step) {
        out += `M${px},${py}h0`;
        count += 1;
      }
    return count <= MOST ? out : null;
  };

  // { base, lines } for a hatched rectangle: its fill and an SVG element to lay over it. Null: leave it a pattern.
  page.hatch = (element, pattern, properties) => {
    const box = upright(element), mark = pattern.querySelector('path, circle'), ground = pattern.querySelector('rect');
    const size = parseFloat(pattern.getAttribute('width'));
    if (!box || !mark || !ground || size !== parseFloat(pattern.getAttribute('height'))) return null;
    const scale = parseFloat((/scale\(([^)]+)\)/.exec(pattern.getAttribute('patternTransform') ?? '') ?? [, '1'])[1]);
    const ink = properties(mark), opacity = ink.opacity && ink.opacity !== '1' ? ` opacity="${ink.opacity}"` : '';
    const circle = mark.localName === 'circle';
    const data = circle
      ? dots(+mark.getAttribute('cx'), +mark.getAttribute('cy'), +ink.r, size, scale, box)
      : lines(mark.getAttribute('d'), size, scale, box);
    if (data === null) return null;
    const stroke = circle
      ? ` stroke="${ink.fill}" stroke-width="${2 * ink.r * scale}" stroke-linecap="round"`
      : ` stroke="${ink.stroke}" stroke-width="${ink['stroke-width'] * scale}"`;
    const base = properties(ground).fill ?? 'none', moved = element.getAttribute('transform');
    const place = moved ? ` transform="${moved.replace(/[^\w\s.,()+-]/g, '')}"` : '';
    return { base, lines: data && `<path d="${data}" fill="none" shape-rendering="auto"${place}${stroke}${opacity}/>` };
  };
})();
