// Drawing over a picture, in the picture's own pixels, by pointer or by keyboard; and the keys of the review page.
(() => {
  const PAGE_KEYS = new Set(['y', 'r', 'f', 'm', 'n', 'u', 'p', 'b', 't', '?']);
  const STEPS = 48;
  let view = null;

  const random = () => crypto.getRandomValues(new Uint32Array(4)).reduce((text, part) => text + part.toString(16).padStart(8, '0'), '');
  const say = text => { const status = document.getElementById('draw-status'); if (status) { status.textContent = text; } };
  const notify = () => view?.reference.invokeMethodAsync('OnDrawn', view.polygons.length + (view.painted ? 1 : 0), view.tool ?? '');
  const clamp = (value, most) => Math.max(0, Math.min(most, Math.round(value)));

  // COCO's compressed run lengths: runs down the columns, zeros first; from the fourth on, the difference from the count two before.
  function encode(rgba, width, height) {
    const counts = [];
    let run = 0, set = 0;
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) {
        const value = rgba[(y * width + x) * 4 + 3] > 127 ? 1 : 0;
        if (value !== set) { counts.push(run); run = 0; set = value; }
        run++;
      }
    }
    counts.push(run);
    let text = '';
    for (let i = 0; i < counts.length; i++) {
      let value = i > 2 ? counts[i] - counts[i - 2] : counts[i];
      for (let more = true; more;) {
        let bits = value & 0x1f;
        value >>= 5;
        more = (bits & 0x10) ? value !== -1 : value !== 0;
        text += String.fromCharCode((more ? bits | 0x20 : bits) + 48);
      }
    }
    return text;
  }

  function redraw() {
    const { canvas, paint, points, cursor, tool } = view;
    const context = canvas.getContext('2d');
    const pixel = canvas.width / Math.max(1, canvas.clientWidth);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = 0.55;
    context.drawImage(paint, 0, 0);
    context.globalAlpha = 1;
    const trace = (line, closed) => {
      context.beginPath();
      for (let i = 0; i < line.length; i += 2) { context.lineTo(line[i] + 0.5, line[i + 1] + 0.5); }
      if (closed) { context.closePath(); context.fillStyle = 'rgb(64 224 255 / 35%)'; context.fill(); }
      // Dark under light: seen on any picture.
      for (const [color, width] of [['#05080b', 4], ['#40e0ff', 2]]) { context.strokeStyle = color; context.lineWidth = width * pixel; context.stroke(); }
    };
    view.polygons.forEach(polygon => trace(polygon, true));
    trace(points, false);
    context.fillStyle = '#40e0ff';
    for (let i = 0; i < points.length; i += 2) { context.fillRect(points[i] - 2 * pixel, points[i + 1] - 2 * pixel, 5 * pixel, 5 * pixel); }
    if (tool) {
      context.beginPath();
      if (tool === 'brush') {
        context.arc(cursor.x + 0.5, cursor.y + 0.5, view.radius, 0, 2 * Math.PI);
      } else {
        const arm = 9 * pixel;
        context.moveTo(cursor.x - arm, cursor.y + 0.5); context.lineTo(cursor.x + arm, cursor.y + 0.5);
        context.moveTo(cursor.x + 0.5, cursor.y - arm); context.lineTo(cursor.x + 0.5, cursor.y + arm);
      }
      for (const [color, width] of [['#05080b', 3.5], ['#fff', 1.5]]) { context.strokeStyle = color; context.lineWidth = width * pixel; context.stroke(); }
    }
  }

  function stroke(from, to) {
    const context = view.paint.getContext('2d');
    context.strokeStyle = context.fillStyle = '#40e0ff';
    context.lineCap = 'round';
    context.lineWidth = 2 * view.radius;
    context.beginPath(); context.moveTo(from.x + 0.5, from.y + 0.5); context.lineTo(to.x + 0.5, to.y + 0.5); context.stroke();
    context.beginPath(); context.arc(to.x + 0.5, to.y + 0.5, view.radius, 0, 2 * Math.PI); context.fill();
    if (!view.painted) { view.painted = true; notify(); }
  }

  function addPoint() {
    const { points, cursor } = view;
    if (points.length >= 2 && points.at(-2) === cursor.x && points.at(-1) === cursor.y) { return; }
    points.push(cursor.x, cursor.y);
    say(`Point ${points.length / 2} at ${cursor.x}, ${cursor.y}.`);
  }

  function closePolygon() {
    if (view.points.length < 6) { say('A polygon needs three points.'); return; }
    view.polygons.push(view.points);
    view.points = [];
    say(`Polygon ${view.polygons.length} closed.`);
    notify();
  }

  function takeBack() {
    if (view.points.length) { view.points.length -= 2; say('Last point removed.'); }
    else if (view.polygons.length) { view.polygons.pop(); say('Last polygon removed.'); notify(); }
    else if (view.painted) { view.paint.getContext('2d').clearRect(0, 0, view.paint.width, view.paint.height); view.painted = false; say('Painting removed.'); notify(); }
  }

  function setTool(tool) {
    if (!view) { return; }
    view.tool = tool || null;
    view.down = false;
    if (view.tool) {
      view.canvas.focus();
      say(view.tool === 'polygon'
        ? 'Polygon. Arrows move, space sets a point, enter closes, backspace takes back, escape ends.'
        : 'Brush. Arrows move, space lowers and lifts the brush, minus and plus change its size, backspace clears, escape ends.');
    } else if (document.activeElement === view.canvas) {
      document.getElementById('review-stage')?.focus();
    }
    redraw();
    notify();
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // True where the key was one of the tool's.
  function drawKey(event) {
    const { canvas, cursor, tool } = view;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? 1 : Math.max(1, Math.round(Math.max(canvas.width, canvas.height) / STEPS));
      const from = { ...cursor };
      cursor.x = clamp(cursor.x + arrow[0] * step, canvas.width - 1);
      cursor.y = clamp(cursor.y + arrow[1] * step, canvas.height - 1);
      if (tool === 'brush' && view.down) { stroke(from, cursor); }
      say(`${cursor.x}, ${cursor.y}`);
    } else if (event.key === ' ') {
      if (tool === 'polygon') { addPoint(); }
      else { view.down = !view.down; if (view.down) { stroke(cursor, cursor); } say(view.down ? 'Brush down.' : 'Brush up.'); }
    } else if (event.key === 'Enter' && tool === 'polygon') { closePolygon(); }
    else if (event.key === 'Backspace') { takeBack(); }
    else if (event.key === '-' || event.key === '+') {
      view.radius = Math.max(1, Math.min(canvas.width / 4, view.radius * (event.key === '+' ? 1.5 : 1 / 1.5)));
      say(`Brush of ${Math.round(2 * view.radius)} pixels.`);
    } else { return false; }
    redraw();
    return true;
  }

  function at(event) {
    const box = view.canvas.getBoundingClientRect();
    view.cursor.x = clamp((event.clientX - box.left) * view.canvas.width / box.width - 0.5, view.canvas.width - 1);
    view.cursor.y = clamp((event.clientY - box.top) * view.canvas.height / box.height - 0.5, view.canvas.height - 1);
  }

  document.addEventListener('keydown', event => {
    if (!view || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')) {
      if (event.key === 'Escape') { document.getElementById('review-stage')?.focus(); }
      return;
    }
    if (view.tool && event.target === view.canvas && drawKey(event)) { event.preventDefault(); return; }
    if (event.key === 'Escape' && view.tool) { setTool(null); return; }
    if (PAGE_KEYS.has(event.key) && !event.repeat) { event.preventDefault(); view.reference.invokeMethodAsync('OnKey', event.key); }
  });

  window.imddReview = {
    // A person's name on this browser, and this tab's own: after a reload the frame is still its.
    rater: () => localStorage.getItem('imdd-rater') ?? '',
    setRater: name => localStorage.setItem('imdd-rater', name),
    holder: () => {
      const known = sessionStorage.getItem('imdd-holder') ?? random();
      sessionStorage.setItem('imdd-holder', known);
      return known;
    },

    // A new picture: nothing drawn. Without a size there is no canvas, and keys alone.
    attach: (reference, width, height) => {
      const canvas = document.getElementById('review-canvas');
      const paint = document.createElement('canvas');
      [paint.width, paint.height] = [Math.max(1, width), Math.max(1, height)];
      view = {
        reference, canvas: canvas ?? paint, paint, polygons: [], points: [], painted: false, tool: null, down: false,
        cursor: { x: Math.floor(width / 2), y: Math.floor(height / 2) }, radius: Math.max(1.5, Math.max(width, height) / 60),
      };
      say('');
      if (!canvas) { return; }
      [canvas.width, canvas.height] = [width, height];
      canvas.addEventListener('pointerdown', event => {
        if (!view.tool) { return; }
        event.preventDefault();
        canvas.focus();
        canvas.setPointerCapture(event.pointerId);
        at(event);
        if (view.tool === 'polygon') { addPoint(); } else { view.down = true; stroke(view.cursor, view.cursor); }
        redraw();
      });
      canvas.addEventListener('pointermove', event => {
        if (!view.tool) { return; }
        const from = { ...view.cursor };
        at(event);
        if (view.tool === 'brush' && view.down && event.buttons) { stroke(from, view.cursor); }
        redraw();
      });
      canvas.addEventListener('pointerup', () => { view.down = false; });
      canvas.addEventListener('dblclick', () => { if (view.tool === 'polygon') { closePolygon(); redraw(); } });
    },
    detach: () => { view = null; },
    tool: setTool,
    focus: id => document.getElementById(id)?.focus(),

    // A polygon that is still open counts as closed: who says "save" is done with it.
    drawn: () => {
      if (!view) { return []; }
      if (view.points.length >= 6) { closePolygon(); redraw(); }
      const shapes = view.polygons.map(polygon => ({ contourPx: polygon }));
      if (view.painted) {
        const { width, height } = view.paint;
        shapes.push({ maskRle: { size: [height, width], counts: encode(view.paint.getContext('2d').getImageData(0, 0, width, height).data, width, height) } });
      }
      return shapes;
    },
  };
})();
