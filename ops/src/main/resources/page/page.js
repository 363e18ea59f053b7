// The page of a run. Everything that comes from the run is put in as text, never as markup.

import { draw } from "./chart.js";

const $ = id => document.getElementById(id);
const whole = n => Math.round(n).toLocaleString("en");
const fixed = (n, digits) => Number.isFinite(n) ? n.toFixed(digits) : "–";
const percent = n => `${(100 * n).toFixed(1)} %`;
const short = n => n >= 1e9 ? `${(n / 1e9).toFixed(2)} B` : n >= 1e6 ? `${(n / 1e6).toFixed(2)} M` : n >= 1e4 ? `${(n / 1e3).toFixed(1)} k` : whole(n);
const small = n => n ? n.toExponential(2).replace("e-", "e−") : "–";
const clock = at => new Date(at).toLocaleTimeString("en-GB");
const span = seconds => seconds >= 3600 ? `${Math.floor(seconds / 3600)} h ${Math.round(seconds % 3600 / 60)} min`
  : seconds >= 60 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;

function el(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter(part => part !== null).map(part => part instanceof Node ? part : String(part)));
  return made;
}

function text(id, value) {
  if ($(id).textContent !== value) $(id).textContent = value;
}

// The token came in the address's fragment, which no browser sends; it is kept for reloads and taken out of sight.
const KEY = "neo-token";
if (location.hash.length > 1) {
  sessionStorage.setItem(KEY, location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
const token = sessionStorage.getItem(KEY) || "";

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(json.error.message), { status: answer.status });
  return json;
}

let status = null, past = null, mixture = null, ended = false;

// ---- what is pushed: the status, twice a second

async function watch() {
  while (!ended) {
    try {
      const answer = await fetch("/api/events", { headers: { Authorization: `Bearer ${token}` } });
      if (answer.status === 401) return locked();
      if (!answer.ok) throw new Error("busy");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const events = (rest + part.value).split("\n\n");
        rest = events.pop();
        if (events.length) {
          status = JSON.parse(events[events.length - 1].slice("data: ".length));
          showStatus();
        }
      }
      ended = ["complete", "stopped", "failed"].includes(status?.state);
      if (ended) showStatus();
    } catch {
      // told below; the run may come back under the same address
    }
    if (!ended) {
      setState("lost", "no connection");
      await new Promise(done => setTimeout(done, 2000));
    }
  }
}

function locked() {
  setState("lost", "locked");
  text("message", "This page opens with the whole address that the run prints, the part after # included; `ops/neo status` shows it again.");
}

function setState(className, words) {
  $("state").className = `state ${className}`;
  text("state", words);
}

// ---- what is fetched: history, plan and rejects, when they can have changed

let fetchedFor = "", fetching = false;
async function refresh() {
  const sign = status && [status.state, status.training.step, status.mixture.planVersion, status.checkpointStep,
    status.stages.clean?.rejected, status.ingest.rejected, status.blocks && Object.values(status.blocks).join()].join(" ");
  if (!status || ended || fetching || (sign === fetchedFor && status.state === "running")) return;
  fetching = true;
  try {
    const [history, plan, rejects] = await Promise.all([ask("/api/history"), ask("/api/mixture"), ask("/api/rejects")]);
    fetchedFor = status.training.step < 0 ? "" : sign;
    past = history;
    showPast();
    showMixture(plan);
    showRejects(rejects);
  } catch {
    fetchedFor = "";
  }
  fetching = false;
}

// ---- progress and key figures

function showStatus() {
  const { training } = status;
  setState(status.state, status.state);
  document.title = training.step < 0 ? `${status.state} · Neo Stream` : `${training.step + 1}/${training.steps} · Neo Stream`;
  text("step", training.step < 0 ? (status.state === "starting" ? "Starting" : "Reading") : `Step ${whole(training.step + 1)}`);
  text("of", training.step < 0 ? `${whole(training.steps)} steps to come` : `of ${whole(training.steps)} · ${training.phase}`);
  const perStep = past ? past.run.rows * past.run.sequenceLength : 0;
  const left = (training.steps - 1 - training.step) * perStep / training.tokensPerSecond;
  text("eta", status.state === "running" && training.step >= 0 && Number.isFinite(left) && left > 0 ? `about ${span(left)} left` : "");
  showMessage();
  showProgress();
  text("loss", training.step < 0 ? "–" : fixed(training.loss, 3));
  const held = Object.entries(status.heldOut).map(([step, loss]) => [Number(step), loss]).sort((a, b) => a[0] - b[0]);
  const newest = held[held.length - 1];
  text("heldout", newest ? fixed(newest[1], 3) : "–");
  text("heldout-note", newest ? `after step ${whole(newest[0])}` : "not measured yet");
  text("speed", training.step < 0 ? "–" : whole(training.tokensPerSecond));
  text("speed-note", training.step < 0 ? "tokens a second" : `tokens a second · ${(100 * training.syncShare).toFixed(0)} % sync`);
  text("rate", small(training.learningRate));
  text("rate-note", training.phase || "not started");
  const trained = Object.values(training.tokensByDomain).reduce((a, b) => a + b, 0);
  text("trained", trained ? short(trained) : "–");
  const sealed = Object.entries(status.blocks).filter(([d]) => !d.startsWith("heldout.")).reduce((a, [, n]) => a + n, 0);
  text("trained-note", past ? `tokens, of ${short(sealed * past.run.sequenceLength)} in blocks` : "tokens");
  showStages();
  showTrainer();
  showReasons();
  refresh();
}

function showMessage() {
  const lines = past?.said || [];
  const last = lines.length ? lines[lines.length - 1].text : "";
  const words = status.problem || (status.waiting && `Waiting for ${status.waiting}`)
    || (ended ? "The run has ended; this is its last state. Its report is report.html in the run folder." : last);
  $("message").className = status.problem ? "message bad" : "message soft";
  text("message", words);
}

function showProgress() {
  const { training } = status;
  const phases = past?.phases || [{ name: "", from: 0, to: training.steps }];
  const bar = $("progress");
  bar.setAttribute("aria-valuemax", training.steps);
  bar.setAttribute("aria-valuenow", training.step + 1);
  while (bar.children.length > phases.length) bar.lastChild.remove();
  while (bar.children.length < phases.length) bar.append(el("span", "", el("i")));
  phases.forEach((phase, i) => {
    const part = bar.children[i], done = Math.min(1, Math.max(0, (training.step + 1 - phase.from) / (phase.to - phase.from)));
    part.style.flex = phase.to - phase.from;
    part.title = phase.name;
    part.firstChild.style.width = `${100 * done}%`;
  });
}

// ---- pipeline

const stageRows = new Map();
function showStages() {
  const rows = [["ingest", { on: status.ingest.written, read: status.ingest.read, rejected: status.ingest.rejected, duplicates: 0, held: 0, rate: 0 }]];
  for (const [name, c] of Object.entries(status.stages)) {
    rows.push([name, { on: c.emitted, read: c.read, rejected: c.rejected, duplicates: c.duplicates, held: c.held, rate: status.documentsPerSecond[name] || 0 }]);
  }
  const blocks = Object.entries(status.blocks).filter(([d]) => !d.startsWith("heldout.")).reduce((a, [, n]) => a + n, 0);
  const first = Math.max(1, status.ingest.read);
  for (const [name, c] of rows) {
    if (!stageRows.has(name)) {
      const row = { flow: el("span", "flow"), number: el("p", "number"), fill: el("i"), note: el("p", "note") };
      row.item = el("li", "", el("p", "name", row.flow, name), row.number, el("div", "bar", row.fill), row.note);
      stageRows.set(name, row);
    }
    const row = stageRows.get(name);
    row.number.textContent = whole(c.on);
    row.flow.textContent = status.state === "running" && c.rate >= 0.5 ? `${whole(c.rate)}/s` : "";
    row.fill.style.width = `${100 * c.on / first}%`;
    row.note.textContent = [c.rejected && `${whole(c.rejected)} rejected`, c.duplicates && `${whole(c.duplicates)} duplicates`, c.held && `${whole(c.held)} waiting`]
      .filter(Boolean).join(" · ") || (name === "ingest" && status.ingest.finished ? "all read" : "");
  }
  if (!stageRows.has("tokens")) {
    const row = { number: el("p", "number"), fill: el("i"), note: el("p", "note") };
    row.item = el("li", "tokens", el("p", "name", "tokens"), row.number, el("div", "bar", row.fill), row.note);
    stageRows.set("tokens", row);
  }
  stageRows.get("tokens").fill.style.width = blocks ? "100%" : "0";
  stageRows.get("tokens").number.textContent = short(status.stages.tokenize?.tokens || 0);
  stageRows.get("tokens").note.textContent = `${whole(blocks)} blocks to train on`;
  rows.push(["tokens"]);
  const items = rows.map(([name]) => stageRows.get(name).item);
  if (items.length !== $("stages").children.length) $("stages").replaceChildren(...items);
}

// ---- charts

const colours = new Map();
function colour(domain) {
  if (!colours.has(domain)) colours.set(domain, `s${colours.size % 8}`);
  return colours.get(domain);
}

/** Up to which step is drawn: it doubles, so that early steps fill the picture and it seldom changes. */
function horizon(step, steps) {
  let to = 50;
  while (to < 1.1 * step) to *= 2;
  return Math.min(to, steps);
}

let read = null;
function showPast() {
  const { points, phases, changes, run } = past;
  run.domains.forEach(colour);
  text("run", run.name);
  const middle = p => (p.from + p.to) / 2;
  const losses = domain => smooth(points.filter(p => domain in p.lossByDomain).map(p => [middle(p), p.lossByDomain[domain]]), 2);
  const shares = (field, domain) => points.map(p => [middle(p), p[field][domain] || 0]);
  const steps = phases[phases.length - 1].to;
  const base = {
    x: [0, horizon(points.length ? points[points.length - 1].to : 0, steps)],
    bands: phases,
    marks: changes.filter(c => c.accepted && c.version > 1).map(c => ({ name: `plan ${c.version}`, at: c.fromStep })),
  };
  const held = Object.entries(past.heldOut).map(([s, l]) => [Number(s), l]).sort((a, b) => a[0] - b[0]);
  draw($("loss-chart"), {
    ...base, names: true, label: v => v.toFixed(1),
    series: [
      ...run.domains.map(d => ({ points: losses(d), colour: colour(d), className: "thin" })),
      { points: points.map(p => [middle(p), p.loss]), colour: "all", className: "strong" },
      { points: held, colour: "held", dots: true },
    ],
  });
  draw($("rate-chart"), {
    ...base, x: [0, steps], label: v => v ? v.toExponential(0).replace("e-", "e−") : "0", y: [0, 1.08 * Math.max(...past.rates.map(r => r.rate))],
    series: [
      { points: past.rates.map(r => [r.step, r.rate]), colour: "s7", className: "dashed" },
      { points: points.map(p => [p.to, p.learningRate]), colour: "s0", className: "strong" },
    ],
  });
  draw($("share-chart"), {
    ...base, names: true, y: [0, 1], label: v => `${Math.round(100 * v)} %`,
    series: run.domains.flatMap(d => [
      { points: smooth(shares("delivered", d), 8), colour: colour(d) },
      { points: shares("asked", d), colour: colour(d), className: "dashed" },
    ]),
  });
  const last = points[points.length - 1];
  $("loss-key").replaceChildren(
    ...[["all", "all", last?.loss], ...run.domains.map(d => [colour(d), d, last?.lossByDomain[d]]), ["held", "held-out", held[held.length - 1]?.[1]]]
      .map(([c, name, value]) => el("li", c, el("i"), el("span", "", name), el("b", "", fixed(value, 2)))));
  readAt(read);
  showPlans();
  showCheckpoints();
  showSamples();
  $("said").replaceChildren(...past.said.map(line => el("li", "", el("time", "", clock(line.at)), line.text)));
  showMessage();
}

/** Mean over some neighbours: single steps of few rows jump between domains. */
function smooth(points, half) {
  return points.map(([x], i) => {
    const near = points.slice(Math.max(0, i - half), i + half + 1);
    return [x, near.reduce((sum, p) => sum + p[1], 0) / near.length];
  });
}

function readAt(step) {
  read = step;
  const point = step === null ? null : past?.points.find(p => step <= p.to);
  if (!point) {
    text("loss-read", past?.points.length ? "Point at a step, or use the arrow keys, to read its numbers." : "The first step comes when the first blocks are sealed.");
    return;
  }
  $("loss-chart").showStep((point.from + point.to) / 2);
  const where = point.from === point.to ? `step ${whole(point.to)}` : `steps ${whole(point.from)} to ${whole(point.to)}`;
  text("loss-read", `${where}: loss ${fixed(point.loss, 3)} · ` + Object.entries(point.lossByDomain).map(([d, l]) => `${d} ${fixed(l, 3)}`).join(" · ")
    + ` · gradient ${fixed(point.gradientNorm, 2)} · learning rate ${small(point.learningRate)}`);
}

$("loss-chart").addEventListener("pointermove", e => past?.points.length && readAt($("loss-chart").stepAt(e.offsetX)));
$("loss-chart").addEventListener("pointerleave", () => { readAt(null); if (past) showPast(); });
$("loss-chart").addEventListener("keydown", e => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (!way || !past?.points.length) return;
  e.preventDefault();
  const at = read === null ? past.points.length - 1 : past.points.findIndex(p => read <= p.to) + way;
  readAt(past.points[Math.min(past.points.length - 1, Math.max(0, at))].to);
});
new ResizeObserver(() => past && showPast()).observe($("loss-chart"));

// ---- mixture

const sliders = new Map();
let touched = false;

function showMixture(plan) {
  const known = mixture?.version;
  mixture = plan;
  text("mixture-note", plan.version ? `plan ${plan.version}, phase ${plan.phase} until step ${whole(plan.phaseEnds)}${plan.rampEnds < 0 ? "" : `, on its way to its weights until step ${whole(plan.rampEnds)}`}` : "no plan yet");
  for (const d of plan.domains) {
    if (sliders.has(d.domain)) continue;
    const row = { range: el("input"), value: el("span", "value"), note: el("p", "note") };
    Object.assign(row.range, { type: "range", min: 0, max: 100, step: 0.5, id: `share-${sliders.size}` });
    const label = el("label", "", el("i"), el("span", "", d.domain), row.value);
    label.htmlFor = row.range.id;
    row.range.addEventListener("input", () => { touched = true; said(""); preview(); });
    $("sliders").append(el("div", `slider ${colour(d.domain)}`, label, row.range, row.note));
    sliders.set(d.domain, row);
  }
  if (!touched || known !== plan.version) resetSliders();
  else preview();
}

function resetSliders() {
  touched = false;
  for (const d of mixture.domains) {
    sliders.get(d.domain).range.value = 100 * d.weight;
  }
  showForecast(mixture);
}

function wanted() {
  return Object.fromEntries([...sliders].map(([domain, row]) => [domain, Number(row.range.value)]));
}

let asking = false, askAgain = false;
async function preview() {
  const weights = wanted();
  const sum = Object.values(weights).reduce((a, b) => a + b, 0);
  if (!sum) { said("At least one domain must be above 0.", true); buttons(false); return; }
  if (asking) { askAgain = true; return; }
  asking = true;
  try {
    showForecast(await ask("/api/mixture/preview", { weights }));
  } catch (e) {
    said(e.message, true);
  }
  asking = false;
  if (askAgain) { askAgain = false; preview(); }
}

function showForecast(plan) {
  for (const d of plan.domains) {
    const row = sliders.get(d.domain);
    if (!row) continue;
    const before = mixture.domains.find(m => m.domain === d.domain);
    const delta = touched && Math.abs(d.weight - before.weight) >= 0.0005;
    row.value.replaceChildren(...(delta ? [el("span", "soft", `${percent(before.weight)} → `)] : []), percent(d.weight));
    row.range.setAttribute("aria-valuetext", percent(d.weight));
    const more = touched && d.ahead !== before.ahead ? ` (${d.ahead > before.ahead ? "+" : "−"}${short(Math.abs(d.ahead - before.ahead))})` : "";
    row.note.textContent = d.available
      ? `${short(d.ahead)} tokens to come${more} · its ${short(d.available)} read ${fixed(d.epochs, 2)} times by the end`
      : d.weight ? "holds no tokens yet: its share goes to the others" : "holds no tokens yet";
    row.note.classList.toggle("warn", Number(d.epochs) > 4);
  }
  buttons(touched);
}

function buttons(changed) {
  const can = changed && !changing && status && status.state === "running" && mixture.version > 0;
  $("apply").disabled = !can;
  $("reset").disabled = !touched;
}

function said(words, bad) {
  $("mixture-said").className = bad ? "said bad" : "said";
  text("mixture-said", words);
}

let changing = false;
async function change(path, body) {
  changing = true;
  buttons(false);
  showPlans();
  try {
    const done = await ask(path, body);
    said(`Plan ${done.version} is in force from step ${whole(done.fromStep)}.`);
    touched = false;
    $("reason").value = "";
  } catch (e) {
    said(e.message, true);
  }
  changing = false;
  buttons(touched);
  showPlans();
  fetchedFor = "";
}

$("mixture").addEventListener("submit", e => {
  e.preventDefault();
  const reason = $("reason").value.trim();
  if (!reason) { said("Say why: the history keeps it.", true); $("reason").focus(); return; }
  change("/api/mixture", { version: mixture.version, weights: wanted(), reason });
});
$("reset").addEventListener("click", () => { resetSliders(); said(""); });

function showPlans() {
  const accepted = past.changes.filter(c => c.accepted);
  const inForce = accepted[accepted.length - 1];
  $("plans").replaceChildren(...[...past.changes].reverse().map(c => {
    const what = el("span", "what", c.reason, el("span", "soft", `${clock(c.proposedAt)} · ${c.author} · ${c.accepted ? `from step ${whole(c.fromStep)}` : c.problem}`));
    const item = el("li", "", el("span", c.accepted ? "badge" : "badge refused", c.accepted ? c.version : "no"), what);
    if (c === inForce && c.version > 1) {
      const undo = el("button", "", "Undo");
      undo.type = "button";
      undo.id = "undo";
      undo.disabled = ended || changing;
      undo.addEventListener("click", () => change("/api/mixture/undo", { version: c.version, reason: `undo of plan ${c.version}` }));
      item.append(undo);
    }
    return item;
  }));
}

// ---- trainer, checkpoints

function facts(id, pairs) {
  $(id).replaceChildren(...pairs.flatMap(([name, value]) => [el("dt", "", name), el("dd", "", value)]));
}

function showTrainer() {
  const { training } = status;
  facts("trainer", [
    ["ranks", status.ranks.training || "–"],
    ["a step", past ? `${past.run.rows} sequences of ${whole(past.run.sequenceLength)} tokens` : "–"],
    ["gradient norm", training.step < 0 ? "–" : fixed(training.gradientNorm, 2)],
    ["waiting for the all-reduce", training.step < 0 ? "–" : percent(training.syncShare)],
    ["time in steps", training.step < 0 ? "–" : span(training.stepSeconds)],
    ["restarts", status.restarts],
    ["parameters, equal on every rank", training.parameterHash || "–"],
    ["free disk", status.freeBytes < 0 ? "–" : `${(status.freeBytes / 2 ** 30).toFixed(1)} GiB`],
  ]);
}

function showCheckpoints() {
  const list = [...past.checkpoints].reverse();
  $("checkpoints").replaceChildren(...(list.length ? list : [null]).map(c => c === null ? el("li", "soft", "None yet.")
    : el("li", "", el("span", "what", `Step ${whole(c.step)}`, el("span", "soft", c.path)), el("time", "", clock(c.at)))));
}

function showSamples() {
  const list = [...past.samples].reverse();
  $("samples").replaceChildren(...(list.length ? list.map(sample => el("article", "", el("span", "soft", `after step ${whole(sample.step)}`),
    ...sample.text.split("\n\n").map(paragraph => {
      const bar = paragraph.indexOf(" | ");
      return el("pre", "", el("b", "", paragraph.slice(0, Math.max(0, bar))), bar < 0 ? paragraph : paragraph.slice(bar + 2));
    }))) : [el("p", "soft", past.checkpoints.length ? "The newest checkpoint is being asked." : "The first checkpoint has not been written yet.")]));
}

// ---- rejects and documents

function showReasons() {
  const sums = new Map();
  for (const r of status.funnel.rejected) sums.set(`${r.stage} · ${r.reason}`, (sums.get(`${r.stage} · ${r.reason}`) || 0) + r.documents);
  const top = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 6);
  $("reasons").replaceChildren(...top.map(([name, n]) => {
    const fill = el("i");
    fill.style.width = `${100 * n / top[0][1]}%`;
    return el("li", "", el("div", "name", el("span", "", name), el("span", "soft", whole(n))), el("div", "bar", fill));
  }));
}

let shownRejects = "";
function showRejects(rejects) {
  const sign = JSON.stringify(rejects);
  if (sign === shownRejects) return;
  shownRejects = sign;
  $("rejects").replaceChildren(...rejects.map(r => {
    const button = el("button", "", "Explain");
    button.type = "button";
    button.disabled = !r.id;
    button.addEventListener("click", () => explain(r.id));
    return el("tr", "", el("td", "", r.reason), el("td", "", r.value), el("td", "", r.threshold), el("td", "", r.document), el("td", "", button));
  }));
}

async function explain(id) {
  text("explain-id", id);
  $("explain-lines").replaceChildren(el("li", "soft", "Looking through the topics …"));
  if (!$("explain").open) $("explain").showModal();
  let lines;
  try {
    lines = (await ask(`/api/document?id=${encodeURIComponent(id)}`)).history;
    if (!lines.length) lines = ["Nothing is known of it yet: no rule rejected it, and no block holds it."];
  } catch (e) {
    lines = [e.message];
  }
  $("explain-lines").replaceChildren(...lines.map(line => el("li", "", line)));
}

$("look").addEventListener("submit", e => {
  e.preventDefault();
  if ($("document-id").value) explain($("document-id").value.trim());
});

if (token) watch(); else locked();
setInterval(refresh, 1000);
