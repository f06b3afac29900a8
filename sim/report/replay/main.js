// The page: read the runs, lay them out, and draw whenever something changed.

const data = JSON.parse(document.getElementById("data").textContent);

async function open() {
  const runs = await Promise.all(data.runs.map((packed) => Run.from(packed)));
  const card = new Card(document.getElementById("card"));
  const unit = markUnit(runs);
  const frames = []; // milliseconds of the last frames, for those who ask
  const views = runs.map((run, i) => addView(run, i, runs.length, unit));
  let waiting = false;
  const clock = new Clock(runs, data.clocks, () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(draw);
    }
  });

  function draw() {
    waiting = false;
    const began = performance.now();
    for (const { view, artist, now } of views) {
      const time = clock.of(view.run);
      artist.draw(Math.max(0, time), card.chosenIn(view));
      now(time);
    }
    clock.show();
    card.draw((run) => clock.of(run));
    frames.push(performance.now() - began);
    if (frames.length > 600) frames.shift();
  }

  function resize() {
    const roomy = views.length === 1;
    for (const { view } of views) view.resize(view.canvas.parentElement.clientWidth, roomy);
    clock.changed();
  }

  for (const { view } of views) attend(view, card, clock);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") card.show(null), clock.changed();
  });
  fillPlaces(views, card, clock);
  showLegend(unit);
  showFigures(runs);
  document.getElementById("about").textContent = runs.map((run, i) =>
    `${runs.length > 1 ? `${"AB"[i]}: ` : ""}${run.name}, seed ${run.seed}, replication ${run.replication}`
    + (run.deadlock ? ` – ${run.deadlock}` : "")).join(" · ");
  window.addEventListener("resize", resize);
  resize();
  window.steppeReplay = {
    frames,
    minute: () => clock.now,
    seek: (minute) => clock.seek(minute),
    shown: (i) => views[i].view.hits.map((hit) => {
      const box = views[i].view.canvas.getBoundingClientRect();
      return { ...hit, x: hit.x + box.left, y: hit.y + box.top };
    }),
  };
  document.documentElement.dataset.ready = "true";
}

function addView(run, i, of, unit) {
  const canvas = element("canvas", { role: "img", "aria-label": `${run.title}: trains, queues and stocks on the corridor` });
  const words = (name, unit) => {
    const value = element("output", { "data-now": name });
    return [element("span", { class: "now" }, value, ` ${unit}`), (text) => (value.textContent = text)];
  };
  const [delivered, setDelivered] = words("delivered", "t delivered so far");
  const [backlog, setBacklog] = words("backlog", "t backlog");
  const [held, setHeld] = words("held", "trains held");
  const trouble = element("span", { class: "trouble" });
  const title = of > 1 ? [element("strong", {}, `${"AB"[i]} · ${run.title}`)] : [];
  document.getElementById("views").append(element("section", { class: "view", "aria-label": run.title },
    element("p", { class: "nows" }, ...title, delivered, backlog, held, trouble), canvas));
  const view = new View(run, canvas, unit);
  const now = (time) => {
    setDelivered(run.total("delivered", time).toLocaleString("en-US"));
    setBacklog(run.total("backlog", time).toLocaleString("en-US"));
    setHeld(run.total("held", time).toLocaleString("en-US"));
    const words = run.disrupted(time).map((d) => `⚠ ${d.title} (${percent(d.factor)})`);
    if (time < 0) words.push("the run has not begun");
    if (time >= run.end) words.push("the run has ended");
    trouble.textContent = words.join(" · ");
  };
  return { view, artist: new Artist(view), now };
}

// Boxes a mark, so that the largest stock is about forty marks; a train load where that will do.
function markUnit(runs) {
  const most = Math.max(1, ...runs.flatMap((r) => r.stocks.filter((s) => s.what <= ARRIVED).map((s) => s.most)));
  return [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000].find((unit) => most / unit <= 42) ?? 50000;
}

// Hovering shows, a click or a tap pins.
function attend(view, card, clock) {
  const find = (event) => {
    const box = view.canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = null, near = event.pointerType === "touch" ? 18 : 11;
    for (const hit of view.hits) {
      const far = Math.hypot(hit.x - x, hit.y - y) + (hit.station !== undefined ? 3 : 0);
      if (far < near) [best, near] = [hit, far];
    }
    return best;
  };
  const show = (hit, event, pinned) => {
    card.show(hit && { view, train: hit.train, station: hit.station, pinned, x: event.clientX, y: event.clientY });
    clock.changed();
  };
  view.canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || card.pinned) return;
    const hit = find(event);
    view.canvas.style.cursor = hit ? "pointer" : "";
    if (hit || card.what) show(hit, event, false);
  });
  view.canvas.addEventListener("pointerleave", (event) => {
    if (!card.pinned && card.what) show(null, event, false);
  });
  view.canvas.addEventListener("click", (event) => show(find(event), event, true));
}

function fillPlaces(views, card, clock) {
  const select = document.getElementById("place");
  views.forEach(({ view }, i) => view.run.stations.forEach((station, k) =>
    select.append(element("option", { value: `${i} ${k}` }, (views.length > 1 ? `${"AB"[i]}: ` : "") + station.title))));
  select.addEventListener("change", () => {
    if (select.value === "") return;
    const [i, station] = select.value.split(" ").map(Number), { view } = views[i];
    view.canvas.scrollIntoView({ block: "nearest" });
    const box = view.canvas.getBoundingClientRect(), node = view.nodes[station];
    card.show({ view, station, pinned: true, x: box.left + node.x, y: box.top + node.y });
    select.value = "";
    clock.changed();
  });
}

function showLegend(unit) {
  const legend = document.getElementById("legend");
  const train = (fill, stroke, share, pointed) =>
    `<svg width="20" height="10" viewBox="0 0 20 10" aria-hidden="true"><path d="${pointed ? "M1 1H14L19 5L14 9H1Z" : "M1 1H19V9H1Z"}" fill="#fff" stroke="${stroke}"/>`
    + `<path d="M1 1H${1 + share * (pointed ? 13 : 18)}${share === 1 && pointed ? "L19 5L14 9" : "V9"}H1Z" fill="${fill}"/></svg>`;
  const mark = ["<circle cx='4' cy='5' r='3'/>", "<rect x='1' y='2' width='6' height='6'/>",
    "<rect x='1.5' y='2.5' width='5' height='5' fill='none' stroke='currentColor'/>", "<path d='M4 1L7.5 8H.5Z'/>"];
  const entries = [
    [train(GAUGE[1520].train, GAUGE[1520].train, 1, true), "train on 1520 mm"],
    [train(GAUGE[1435].train, GAUGE[1435].train, 1, false), "on 1435 mm"],
    [train(GAUGE[1520].train, GAUGE[1520].train, 0.5, true), "filled as far as it is laden, white: empty boxes"],
    [train(BACKGROUND, BACKGROUND, 1, true), "background traffic"],
    ["<svg width='24' height='10' aria-hidden='true'><path d='M1 5H24' stroke='#c3c7cc' stroke-width='4' stroke-dasharray='6 4'/></svg>", "between gauges, or gauge not said"],
    ...MARKS.map((m, i) => [`<svg width="8" height="10" style="color:${m.colour}" fill="currentColor" aria-hidden="true">${mark[i]}</svg>`, m.text]),
  ];
  for (const [picture, words] of entries) {
    const entry = element("span", {});
    entry.innerHTML = picture; // our own drawing, nothing of the run in it
    entry.append(` ${words}`);
    legend.append(entry);
  }
  legend.append(element("span", {}, `one mark: ${unit.toLocaleString("en-US")} ${unit > 1 ? "boxes" : "box"}`));
}

// The figures of kpis.json; `value` holds each as it stands there.
function showFigures(runs) {
  const cell = (kpi) => {
    if (!kpi) return element("td", {}, "–");
    const value = kpi.value !== undefined ? kpi.value : kpi.mean;
    const shown = element("data", { value: String(value), "data-kpi": kpi.name }, figure(value, kpi.unit));
    const inside = [shown];
    if (kpi.half_width !== undefined && kpi.half_width !== null)
      inside.push(" ± ", element("data", { value: String(kpi.half_width), "data-half-width": kpi.name }, figure(kpi.half_width, kpi.unit)));
    return element("td", {}, ...inside);
  };
  const names = [...new Set(runs.flatMap((r) => r.kpis.map((k) => k.name)))];
  const head = element("tr", {}, element("th", { scope: "col" }, "key figure"),
    ...runs.map((r, i) => element("th", { scope: "col" }, runs.length > 1 ? `${"AB"[i]}: ${r.name}` : "value")),
    element("th", { scope: "col" }, "unit"), element("th", { scope: "col", class: "meaning" }, "meaning"));
  const rows = names.map((name) => {
    const found = runs.map((r) => r.kpis.find((k) => k.name === name)), one = found.find(Boolean);
    const breakable = name.split("_").flatMap((part, i) => (i ? ["_", element("wbr"), part] : [part]));
    return element("tr", {}, element("th", { scope: "row" }, ...breakable), ...found.map(cell),
      element("td", {}, one.unit), element("td", { class: "meaning" }, one.meaning));
  });
  const several = runs.filter((r) => r.replications > 1);
  document.getElementById("figures").append(element("h2", {}, "Key figures"),
    ...(several.length ? [element("p", {}, `Means and 95 % half widths of ${several[0].replications} replications; what is played back is replication ${several[0].replication} alone.`)] : []),
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
}

open().catch((error) => {
  const fault = document.getElementById("fault");
  fault.textContent = typeof DecompressionStream === "undefined"
    ? "This browser cannot unpack the run; one from 2023 or later can."
    : `The run could not be shown: ${error.message}`;
  fault.hidden = false;
  throw error;
});
