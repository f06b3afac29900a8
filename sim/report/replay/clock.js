// The one clock of the page: playing, seeking, keys, and the chart of the backlog under the slider.

const SPEEDS = [[6, "6 h a second"], [24, "1 day a second"], [72, "3 days a second"], [240, "10 days a second"]];
const DAY = 1440;

class Clock {
  constructor(runs, clocks, changed) {
    this.runs = runs;
    this.changed = changed;
    this.start = Math.min(...runs.map((r) => r.start)); // minutes since 1970, UTC
    this.end = Math.max(...runs.map((r) => r.start + r.end)) - this.start;
    this.now = 0;
    this.playing = false;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.clocks = clocks.map(([name, zone]) => [name, new Intl.DateTimeFormat("en-GB", {
      weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone })]);
    this.utc = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "2-digit", month: "short", year: "numeric",
      hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
    for (const id of ["play", "speed", "slider", "chart", "moment"]) this[id] = document.getElementById(id);
    for (const [hours, words] of SPEEDS) this.speed.append(element("option", { value: hours }, words));
    this.speed.value = "24";
    this.slider.max = this.end;
    this.play.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.#moments();
    this.#chart();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  // The minute of a run; runs of other dates are before or after themselves.
  of(run) {
    return this.now + this.start - run.start;
  }

  seek(minute) {
    this.now = Math.max(0, Math.min(minute, this.end));
    if (this.now >= this.end) this.toggle(false);
    this.changed();
  }

  toggle(on = !this.playing) {
    if (on === this.playing) return;
    if (on && this.now >= this.end) this.now = 0;
    this.playing = on;
    this.play.textContent = on ? "Pause" : "Play";
    this.play.setAttribute("aria-pressed", String(on));
    if (on) {
      this.last = performance.now();
      requestAnimationFrame((t) => this.#tick(t));
    }
  }

  // With less motion asked for, trains step twice a second and do not glide.
  #tick(moment) {
    if (!this.playing) return;
    const passed = moment - this.last;
    if (passed > (this.calm.matches ? 500 : 0)) {
      this.last = moment;
      this.seek(this.now + (Math.min(passed, 1000) / 1000) * Number(this.speed.value) * 60);
    }
    requestAnimationFrame((t) => this.#tick(t));
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select, summary")) return;
    const step = event.shiftKey ? DAY : 60;
    const to = { ArrowLeft: this.now - step, ArrowRight: this.now + step, Home: 0, End: this.end,
      PageUp: this.now + 7 * DAY, PageDown: this.now - 7 * DAY }[event.key];
    if (to !== undefined) this.seek(to);
    else if (event.key === " " && event.target.tagName !== "BUTTON") this.toggle();
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const next = this.speed.selectedIndex + (event.key === "ArrowUp" ? 1 : -1);
      this.speed.selectedIndex = Math.max(0, Math.min(next, SPEEDS.length - 1));
    } else return;
    event.preventDefault();
  }

  show() {
    const date = new Date((this.start + Math.floor(this.now)) * 60000);
    const time = document.getElementById("utc");
    time.textContent = `${this.utc.format(date)} UTC`;
    time.setAttribute("datetime", date.toISOString());
    document.getElementById("local").textContent = this.clocks.map(([name, f]) => `${name} ${f.format(date)}`).join(" · ");
    this.slider.value = this.now;
    this.slider.setAttribute("aria-valuetext", time.textContent);
    this.head.style.left = `${(100 * this.now) / this.end}%`;
  }

  // Moments worth going to: each disruption, the longest queues, the largest backlog.
  #moments() {
    const found = [[0, "start"]];
    this.runs.forEach((run, i) => {
      const of = this.runs.length > 1 ? ` (${"AB"[i]})` : "", shift = run.start - this.start;
      const peak = (name) => shift + Math.min(run.totals[name].indexOf(run.most[name]) * 60, run.end);
      if (run.most.held) found.push([peak("held"), `most trains held: ${run.most.held}${of}`]);
      if (run.most.backlog) found.push([peak("backlog"), `largest backlog${of}`]);
      for (const d of run.disruptions) found.push([shift + d.begin, d.title]);
      for (const c of run.changes) {
        const times = c.before ? ` to ${percent(c.after / c.before)}` : "";
        found.push([shift + c.minute, `${c.path} ${c.after > c.before ? "up" : "down"}${times}${of}`]);
      }
    });
    found.push([this.end, "end"]);
    found.sort((a, b) => a[0] - b[0]);
    const seen = new Set();
    for (const [minute, words] of found) {
      const key = `${minute} ${words}`;
      if (seen.has(key) || seen.size > 60) continue; // a disruption that falls often fills no page
      seen.add(key);
      this.moment.append(element("option", { value: minute }, `${day(this.start + minute, true)} · ${words}`));
    }
    this.moment.addEventListener("change", () => {
      if (this.moment.value !== "") this.seek(Number(this.moment.value));
      this.moment.value = "";
    });
  }

  #chart() {
    const svg = (tag, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      return made;
    };
    const most = Math.max(1, ...this.runs.map((r) => r.most.backlog));
    const picture = svg("svg", { viewBox: `0 0 ${Math.max(this.end, 1)} 100`, preserveAspectRatio: "none" });
    this.runs.forEach((run, i) => {
      const step = Math.max(1, Math.floor(run.hours / 1200)), points = [];
      for (let k = 0; k < run.hours; k += step)
        points.push(`${run.start - this.start + Math.min(k * 60, run.end)},${(100 - (92 * run.totals.backlog[k]) / most).toFixed(1)}`);
      if (i === 0)
        picture.append(svg("polygon", { points: `${run.start - this.start},100 ${points.join(" ")} ${run.start - this.start + run.end},100`, class: "area" }));
      picture.append(svg("polyline", { points: points.join(" "), class: `run${i}` }));
    });
    for (const run of this.runs)
      for (const d of run.disruptions)
        picture.append(svg("rect", { x: run.start - this.start + d.begin, y: 0, width: Math.max(d.end - d.begin, this.end / 600), height: 100, class: "disrupted" }));
    this.head = element("i", { class: "head" });
    this.chart.append(picture, this.head, element("span", { class: "scale" },
      `backlog of exports, up to ${most === 1 ? "0 t" : most < 10000 ? `${figure(most, "t")} t` : `${figure(Math.round(most / 1000), "kt")} kt`}`));
    const first = new Date(this.start * 60000);
    const months = this.end / DAY / 30.4, every = months > 13 ? Math.ceil(months / 12) : 1;
    for (let k = 1; k <= months + 1; k += every) {
      const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + k, 1) / 60000 - this.start;
      if (at >= this.end) break;
      const name = MONTHS[(first.getUTCMonth() + k) % 12];
      this.chart.append(element("b", { style: `left:${(100 * at) / this.end}%` }, name));
    }
  }
}
