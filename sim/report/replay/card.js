// What is known of a train or a station, as a card beside the pointer or at the edge of a phone.

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

// Hours as people read them: 0.4 h, 14.7 h, 3.2 d.
function duration(minutes) {
  const hours = minutes / 60;
  return hours < 72 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} d`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// A minute since 1970 as `4 Jan 14:16`, in UTC.
function day(minute, year = false) {
  const date = new Date(minute * 60000);
  const words = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return `${words}${year ? ` ${date.getUTCFullYear()}` : ""} ${date.toISOString().slice(11, 16)}`;
}

// A figure of kpis.json, as `steppe run` prints it.
function figure(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "1") return value.toFixed(3);
  const digits = Math.abs(value) >= 1000 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function stageWords(run, kind) {
  if (kind.activity === "run") {
    const { from, to } = run.lines[run.lineNumber.get(kind.line)];
    const end = kind.station === from ? to : from;
    return `${run.titleOf(kind.station)} → ${run.titleOf(end)}`;
  }
  if (kind.activity === "track") return `a track at ${run.titleOf(kind.place)}`;
  if (run.lineNumber.has(kind.place)) return `${activityWords(kind.activity)} of ${kind.place}`;
  return `${activityWords(kind.activity)} at ${run.titleOf(kind.place)}`;
}

function trainCard(run, train, time) {
  const service = run.services[run.service[train]];
  const load = run.laden[train] + run.empty[train] === 0
    ? "wagons"
    : `${run.laden[train]} laden${run.empty[train] ? ` and ${run.empty[train]} empty` : ""} boxes`
      + (run.slots[train] ? ` on ${run.slots[train]} slots` : "");
  const about = [
    `${run.titleOf(service.from)} → ${run.titleOf(service.to)}`, service.class, load,
    service.gauge ? `${service.gauge} mm` : "", service.background ? "background" : ""];
  const rows = [element("tr", {},
    element("td", {}, day(run.start + run.formed[train])), element("td", {}, "ready to leave"), element("td", {}))];
  for (let s = run.first[train]; s < run.first[train + 1] && run.asked[s] <= time; s++) {
    const kind = run.kinds[run.kind[s]], begun = Math.min(run.begun[s], time), state = run.state[s];
    if (begun > run.asked[s])
      rows.push(element("tr", { class: run.begun[s] > time || state === 1 ? "now wait" : "wait" },
        element("td", {}, day(run.start + run.asked[s])),
        element("td", {}, kind.cause ? `waited: ${kind.cause}` : `waited: ${stageWords(run, kind)}`),
        element("td", {}, duration(begun - run.asked[s]))));
    if (run.begun[s] <= time && run.stop[s] > run.begun[s]) {
      const under = run.stop[s] > time;
      rows.push(element("tr", { class: under ? "now" : "" },
        element("td", {}, day(run.start + run.begun[s])), element("td", {}, stageWords(run, kind)),
        element("td", {}, under ? "under way" : duration(run.stop[s] - run.begun[s]))));
    }
  }
  if (run.gone[train] <= time)
    rows.push(element("tr", {}, element("td", {}, day(run.start + run.gone[train])), element("td", {}, "ended"), element("td", {})));
  return [
    element("h2", {}, `${service.name}/${run.serial[train]}`),
    element("p", {}, about.filter(Boolean).join(" · ")),
    element("table", {}, element("tbody", {}, ...rows))];
}

function stationCard(run, number, time) {
  const station = run.stations[number];
  const rows = run.stocks.filter((s) => s.station === station.name).map((s) => element("tr", {},
    element("td", {}, s.title), element("td", {}, `${run.levelOf(s, time).toLocaleString("en-US")} ${s.unit}`),
    element("td", {}, `most ${s.most.toLocaleString("en-US")}`)));
  const { standing, held } = situation({ run, fromWest: () => true }, Math.min(time, run.end));
  for (const [activity, both] of [...(standing.get(station.name) ?? [])].sort(byName))
    rows.push(element("tr", {}, element("td", {}, activityWords(activity)),
      element("td", {}, `${both.working.length} in work`), element("td", {}, `${both.waiting.length} wait`)));
  for (const queue of held.values())
    if (queue.station === station.name)
      rows.push(element("tr", { class: "wait" }, element("td", {}, "held on the line before it"),
        element("td", {}, `${queue.trains.length} trains`), element("td", {})));
  for (const d of run.disrupted(time))
    if (d.on.some((on) => on.split("/")[0] === station.name))
      rows.push(element("tr", { class: "wait" }, element("td", {}, d.title), element("td", {}, percent(d.factor)),
        element("td", {}, `until ${day(run.start + d.end)}`)));
  return [
    element("h2", {}, station.title),
    rows.length ? element("table", {}, element("tbody", {}, ...rows)) : element("p", {}, "nothing stands here now")];
}

class Card {
  constructor(box) {
    this.box = box;
    this.what = null; // {view, train or station, pinned, x, y}
  }

  show(what) {
    this.what = what;
    if (!what) this.box.hidden = true;
  }

  get pinned() {
    return this.what !== null && this.what.pinned;
  }

  chosenIn(view) {
    return this.what && this.what.view === view && this.what.train !== undefined ? this.what.train : -1;
  }

  // Anew at each moment; the card stays where it was put.
  draw(timeOf) {
    if (!this.what) return;
    const { view, train, station, pinned } = this.what, time = timeOf(view.run);
    const inside = train !== undefined ? trainCard(view.run, train, time) : stationCard(view.run, station, time);
    if (pinned) {
      const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
      close.addEventListener("click", () => this.show(null));
      inside.unshift(close);
    }
    this.box.replaceChildren(...inside);
    this.box.hidden = false;
    this.box.classList.toggle("pinned", pinned);
    if (window.innerWidth < 720) {
      this.box.style.left = this.box.style.top = "";
      return;
    }
    const { width, height } = this.box.getBoundingClientRect();
    const right = this.what.x + 18 + width < window.innerWidth;
    this.box.style.left = `${Math.max(4, right ? this.what.x + 18 : this.what.x - 18 - width)}px`;
    this.box.style.top = `${Math.max(4, Math.min(this.what.y - 20, window.innerHeight - height - 8))}px`;
  }
}
