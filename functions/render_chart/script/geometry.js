// Where things are, without a browser: widths of texts from the font's own table, boxes of shapes, transforms.
// Without true boxes plotly.js redraws up to ten times to find margins that fit.
(() => {
  'use strict';
  const page = globalThis;
  const font = JSON.parse(page.fontMetrics);
  // An unknown letter is as wide as a wide one: too much room is better than too little.
  const UNKNOWN = 0.7;
  const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;
  const known = new Map();

  const advance = (text, bold) => {
    const key = (bold ? 'b' : 'r') + text;
    let width = known.get(key);
    if (width === undefined) {
      width = 0;
      const table = bold ? font.bold : font.regular;
      for (const letter of text) width += table[letter] ?? UNKNOWN;
      if (known.size > 5000) known.clear();
      known.set(key, width);
    }
    return width;
  };
  page.textWidth = (text, size, bold) => advance(text, bold) * size;

  const own = (element, css, attribute) => (element.style && element.style[css]) || element.getAttribute(attribute);
  const inherited = (element, css, attribute) => {
    for (let at = element; at && at.nodeType === 1; at = at.parentNode) {
      const found = own(at, css, attribute);
      if (found) return [found, at];
    }
    return ['', null];
  };
  const fontSize = element => {
    const [size, at] = inherited(element, 'fontSize', 'font-size');
    const value = parseFloat(size);
    if (isNaN(value)) return 16;
    if (size.endsWith('em')) return value * fontSize(at.parentNode);
    return size.endsWith('%') ? value / 100 * fontSize(at.parentNode) : value;
  };
  const isBold = element => {
    const [weight] = inherited(element, 'fontWeight', 'font-weight');
    return weight === 'bold' || +weight >= 600;
  };
  const length = (text, size) => {
    const value = parseFloat(text);
    return isNaN(value) ? 0 : text.endsWith('em') ? value * size : value;
  };

  const joined = (a, b) => !a ? b : !b ? a
    : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

  // Runs of text that hang on one anchor; a new x or y begins another.
  const runs = element => {
    const found = [];
    let x = 0, y = 0, run = null;
    const walk = node => {
      if (node.nodeType === 3) {
        if (!node.data) return;
        const parent = node.parentNode, size = fontSize(parent);
        if (!run) found.push(run = { x, width: 0, top: Infinity, bottom: -Infinity, anchor: inherited(parent, 'textAnchor', 'text-anchor')[0] });
        const width = advance(node.data, isBold(parent)) * size;
        x += width;
        run.width += width;
        // In whole pixels, as Chromium has them: charts are the same here and there.
        run.top = Math.min(run.top, y - Math.round(font.ascent * size));
        run.bottom = Math.max(run.bottom, y + Math.round(font.descent * size));
        return;
      }
      if (node.nodeType !== 1) return;
      const size = fontSize(node);
      for (const [name, set] of [['x', value => { x = value; run = null; }], ['y', value => { y = value; run = null; }]]) {
        const value = node.getAttribute(name);
        if (value !== null) set(length(value, size));
      }
      x += length(node.getAttribute('dx') ?? '', size);
      y += length(node.getAttribute('dy') ?? '', size);
      for (const child of node.childNodes) walk(child);
    };
    walk(element);
    return found;
  };
  const textBox = element => {
    let box = null;
    for (const run of runs(element)) {
      const left = run.x - (run.anchor === 'middle' ? run.width / 2 : run.anchor === 'end' ? run.width : 0);
      box = joined(box, [left, run.top, left + run.width, run.bottom]);
    }
    return box;
  };

  const OPERANDS = { M: 2, L: 2, T: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, A: 7 };
  const paths = new Map();
  const pathBox = data => {
    if (!data) return null;
    if (!paths.has(data)) {
      if (paths.size > 5000) paths.clear();
      paths.set(data, measured(data));
    }
    return paths.get(data);
  };
  // Curves by their control points, arcs by their circle when they are more than half of it: never too small.
  const measured = data => {
    let box = null, x = 0, y = 0, beginX = 0, beginY = 0;
    const put = (px, py) => { box = joined(box, [px, py, px, py]); };
    for (const [, letter, rest] of data.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
      const kind = letter.toUpperCase(), step = OPERANDS[kind], values = (rest.match(NUMBER) || []).map(Number);
      if (kind === 'Z') { x = beginX; y = beginY; continue; }
      for (let i = 0; step && i + step <= values.length; i += step) {
        const fromX = kind === letter ? 0 : x, fromY = kind === letter ? 0 : y;
        if (kind === 'H') x = fromX + values[i];
        else if (kind === 'V') y = fromY + values[i];
        else if (kind === 'A') {
          const toX = fromX + values[i + 5], toY = fromY + values[i + 6], rx = values[i], ry = values[i + 1];
          if (values[i + 3] || Math.hypot(toX - x, toY - y) >= 1.96 * rx) {
            put((x + toX) / 2 - rx, (y + toY) / 2 - ry);
            put((x + toX) / 2 + rx, (y + toY) / 2 + ry);
          }
          x = toX; y = toY;
        } else {
          for (let j = 0; j < step; j += 2) put(fromX + values[i + j], fromY + values[i + j + 1]);
          x = fromX + values[i + step - 2]; y = fromY + values[i + step - 1];
        }
        if (kind === 'M' && i === 0) { beginX = x; beginY = y; }
        put(x, y);
      }
    }
    return box;
  };

  // A path as points along it: straight lines exactly, curves in steps, an arc by its ends.
  const STEPS = 16;
  const flattened = data => {
    const points = [];
    let x = 0, y = 0;
    for (const [, letter, rest] of data.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
      const kind = letter.toUpperCase(), step = OPERANDS[kind], values = (rest.match(NUMBER) || []).map(Number);
      if (kind === 'Z' && points.length) { [x, y] = points[0]; points.push([x, y]); }
      for (let i = 0; step && i + step <= values.length; i += step) {
        const v = values.slice(i, i + step), fromX = kind === letter ? 0 : x, fromY = kind === letter ? 0 : y;
        const toX = kind === 'V' ? x : fromX + (kind === 'H' ? v[0] : v[step - 2]), toY = kind === 'H' ? y : fromY + v[step - 1];
        if (kind === 'C' || kind === 'Q')
          for (let k = 1; k < STEPS; k++) points.push(along(k / STEPS, [x, y], v, fromX, fromY));
        [x, y] = [toX, toY];
        points.push([x, y]);
      }
    }
    return points;
  };
  // A Bézier curve's point at t, by de Casteljau's construction.
  const along = (t, start, v, fromX, fromY) => {
    let held = [start];
    for (let j = 0; j < v.length; j += 2) held.push([fromX + v[j], fromY + v[j + 1]]);
    while (held.length > 1)
      held = held.slice(1).map(([px, py], j) => [held[j][0] + t * (px - held[j][0]), held[j][1] + t * (py - held[j][1])]);
    return held[0];
  };
  const pointAt = (points, distance) => {
    for (let i = 1; i < points.length; i++) {
      const [[ax, ay], [bx, by]] = [points[i - 1], points[i]], piece = Math.hypot(bx - ax, by - ay);
      if (distance <= piece && piece > 0) return { x: ax + (bx - ax) * distance / piece, y: ay + (by - ay) * distance / piece };
      distance -= piece;
    }
    const [x, y] = points[points.length - 1] ?? [0, 0];
    return { x, y };
  };

  const times = (a, b) => [
    a[0] * b[0] + a[2] * b[1], a[1] * b[0] + a[3] * b[1], a[0] * b[2] + a[2] * b[3],
    a[1] * b[2] + a[3] * b[3], a[0] * b[4] + a[2] * b[5] + a[4], a[1] * b[4] + a[3] * b[5] + a[5],
  ];
  const matrixOf = text => {
    let matrix = [1, 0, 0, 1, 0, 0];
    for (const [, name, inside] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
      const v = (inside.match(NUMBER) || []).map(Number);
      if (name === 'translate') matrix = times(matrix, [1, 0, 0, 1, v[0], v[1] || 0]);
      else if (name === 'scale') matrix = times(matrix, [v[0], 0, 0, v[1] ?? v[0], 0, 0]);
      else if (name === 'matrix') matrix = times(matrix, v);
      else if (name === 'rotate') {
        const angle = v[0] * Math.PI / 180, cos = Math.cos(angle), sin = Math.sin(angle), [, cx = 0, cy = 0] = v;
        matrix = times(times(times(matrix, [1, 0, 0, 1, cx, cy]), [cos, sin, -sin, cos, 0, 0]), [1, 0, 0, 1, -cx, -cy]);
      }
    }
    return matrix;
  };
  const moved = (box, transform) => {
    if (!box || !transform) return box;
    const m = matrixOf(transform);
    let result = null;
    for (const [x, y] of [[box[0], box[1]], [box[2], box[1]], [box[0], box[3]], [box[2], box[3]]]) {
      const px = m[0] * x + m[2] * y + m[4], py = m[1] * x + m[3] * y + m[5];
      result = joined(result, [px, py, px, py]);
    }
    return result;
  };

  const number = (element, name) => parseFloat(element.getAttribute(name)) || 0;
  const SHAPES = {
    text: textBox,
    tspan: textBox,
    path: e => pathBox(e.getAttribute('d')),
    rect: e => [number(e, 'x'), number(e, 'y'), number(e, 'x') + number(e, 'width'), number(e, 'y') + number(e, 'height')],
    circle: e => [number(e, 'cx') - number(e, 'r'), number(e, 'cy') - number(e, 'r'), number(e, 'cx') + number(e, 'r'), number(e, 'cy') + number(e, 'r')],
    line: e => joined([number(e, 'x1'), number(e, 'y1'), number(e, 'x1'), number(e, 'y1')], [number(e, 'x2'), number(e, 'y2'), number(e, 'x2'), number(e, 'y2')]),
    defs: () => null, clipPath: () => null, style: () => null, title: () => null, desc: () => null,
  };
  SHAPES.image = SHAPES.rect;
  // The box of an element in its own coordinates: [left, top, right, bottom], or null when there is nothing.
  const boxOf = (page.boxOf = element => {
    const shape = SHAPES[element.localName];
    if (shape) return shape(element);
    let box = null;
    for (const child of element.childNodes)
      if (child.nodeType === 1 && child.style?.display !== 'none')
        box = joined(box, moved(boxOf(child), child.getAttribute('transform')));
    return box;
  });

  const rectangle = box => {
    const [left, top, right, bottom] = box ?? [0, 0, 0, 0];
    return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
  };
  Element.prototype.getBoundingClientRect = function () {
    let box = boxOf(this);
    for (let at = this; at && at.nodeType === 1; at = at.parentNode) box = moved(box, at.getAttribute('transform'));
    return rectangle(box);
  };
  page.svgPrototype.getBBox = function () { return rectangle(boxOf(this)); };
  page.svgPrototype.getTotalLength = function () {
    const points = flattened(this.getAttribute('d') ?? '');
    return points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);
  };
  page.svgPrototype.getPointAtLength = function (distance) {
    return pointAt(flattened(this.getAttribute('d') ?? ''), Math.max(0, distance));
  };
  page.svgPrototype.getComputedTextLength = function () { return rectangle(textBox(this)).width; };
})();
