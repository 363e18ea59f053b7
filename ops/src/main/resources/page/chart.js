// Line charts as SVG. Whatever is shown is text, never markup.

const NS = "http://www.w3.org/2000/svg";
const LEFT = 44, RIGHT = 8, TOP = 18, BOTTOM = 22;

function node(parent, tag, attributes, text) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

/** Round numbers from low to high, about so many. */
export function ticks(low, high, about) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= raw);
  const values = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step + 0);
  return values;
}

/**
 * Draws series of [x, y] over bands and marks.
 *
 * chart = { x: [from, to], y: [from, to] or none to fit, least: lowest top of y, series: [{ points, className, dots }],
 *           bands: [{ name, from, to }], marks: [{ name, at }], label: y => text, names: whether bands are named }
 */
export function draw(svg, chart) {
  const width = svg.clientWidth, height = svg.clientHeight;
  if (!width) return;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const all = chart.series.flatMap(s => s.points.map(p => p[1])).filter(Number.isFinite);
  let [low, high] = chart.y || [Math.min(...all), Math.max(...all)];
  if (!all.length && !chart.y) [low, high] = [0, 1];
  if (!chart.y) {
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    [low, high] = [Math.max(0, low - room), high + room];
  }
  const [from, to] = [chart.x[0], Math.max(chart.x[1], chart.x[0] + 1)];
  const x = v => LEFT + (v - from) / (to - from) * (width - LEFT - RIGHT);
  const y = v => height - BOTTOM - (v - low) / (high - low) * (height - TOP - BOTTOM);
  chart.bands.forEach((band, i) => {
    if (band.from >= to) return;
    const [a, b] = [x(Math.max(band.from, from)), x(Math.min(band.to, to))];
    if (i % 2 === 1) node(svg, "rect", { class: "band", x: a, y: TOP, width: Math.max(0, b - a), height: height - TOP - BOTTOM });
    if (chart.names && b - a > 40) node(svg, "text", { x: (a + b) / 2, y: TOP - 6, "text-anchor": "middle" }, band.name);
  });
  for (const tick of ticks(low, high, Math.max(2, height / 60))) {
    node(svg, "line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) });
    node(svg, "text", { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, chart.label(tick));
  }
  for (const tick of ticks(from, to, Math.min(10, width / 80)).filter(Number.isInteger)) {
    node(svg, "text", { x: x(tick), y: height - 5, "text-anchor": "middle" }, tick.toLocaleString("en"));
  }
  let last = -Infinity;
  for (const mark of chart.marks.filter(m => m.at > from && m.at < to)) {
    node(svg, "line", { class: "mark", x1: x(mark.at), x2: x(mark.at), y1: TOP, y2: height - BOTTOM });
    if (chart.names && x(mark.at) - last > 50) {
      last = x(mark.at);
      node(svg, "text", { x: last + 4, y: TOP + 11 }, mark.name);
    }
  }
  for (const line of chart.series) {
    const points = line.points.filter(p => Number.isFinite(p[1]));
    if (!points.length) continue;
    const path = points.map((p, i) => `${i ? "L" : "M"}${x(p[0]).toFixed(1)} ${y(p[1]).toFixed(1)}`).join("");
    const group = node(svg, "g", { class: line.colour });
    node(group, "path", { d: path, class: line.className || "" });
    if (line.dots) for (const p of points) node(group, "circle", { cx: x(p[0]), cy: y(p[1]), r: 3.2 });
  }
  const cursor = node(svg, "line", { class: "cursor", y1: TOP, y2: height - BOTTOM, visibility: "hidden" });
  svg.stepAt = pixels => Math.round(Math.min(to, Math.max(from, from + (pixels - LEFT) / (width - LEFT - RIGHT) * (to - from))));
  svg.showStep = step => { cursor.setAttribute("visibility", "visible"); cursor.setAttribute("x1", x(step)); cursor.setAttribute("x2", x(step)); };
}
