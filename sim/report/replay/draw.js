// One moment: trains under way, trains that stand and what for, stocks, and what is disrupted.

const PITCH = 11, ROW = 9; // of trains that stand in a queue
const GOODS = 0, READY = 1, EMPTY = 2, ARRIVED = 3;
const MARKS = [
  { colour: "#b5518a", text: "goods without a box" },
  { colour: "#d98f00", text: "boxes ready for a train" },
  { colour: "#4b5563", text: "empty boxes" },
  { colour: "#00805d", text: "boxes arrived, not delivered" },
];

// Where every train is: {moving: [...], standing: Map of station to groups, held: Map of "station side"}.
function situation(view, time) {
  const { run } = view;
  const moving = [], standing = new Map(), held = new Map();
  run.each(time, (train, stage) => {
    const kind = run.kinds[run.kind[stage]];
    const waits = time < run.begun[stage];
    if (kind.activity === "run") {
      if (waits || time < run.asked[stage]) group(standing, kind.station, "to leave", true, train, stage);
      else moving.push({ train, stage, share: (time - run.begun[stage]) / (run.stop[stage] - run.begun[stage]) });
    } else if (kind.activity === "track" && kind.line !== null) {
      const west = view.fromWest(kind.station, run.lineNumber.get(kind.line));
      const key = `${west ? "w" : "e"}${kind.station}`;
      if (!held.has(key)) held.set(key, { station: kind.station, west, trains: [] });
      held.get(key).trains.push([run.asked[stage], train]);
    } else group(standing, kind.station, kind.activity, waits, train, stage);
  });
  for (const queue of held.values()) queue.trains.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (const groups of standing.values())
    for (const g of groups.values()) g.waiting.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { moving, standing, held };

  function group(map, station, activity, waits, train, stage) {
    if (!map.has(station)) map.set(station, new Map());
    const groups = map.get(station);
    if (!groups.has(activity)) groups.set(activity, { waiting: [], working: [] });
    groups.get(activity)[waits ? "waiting" : "working"].push([run.asked[stage], train]);
  }
}

class Artist {
  constructor(view) {
    this.view = view;
  }

  draw(time, chosen) {
    const { view } = this, c = view.context, run = view.run;
    this.c = c;
    this.chosen = chosen;
    view.hits = [];
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(view.still, 0, 0);
    c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    c.textBaseline = "alphabetic";
    const now = Math.min(time, run.end);
    const troubles = run.disrupted(now);
    this.#troubled(troubles);
    const { moving, standing, held } = situation(view, now);
    for (const queue of held.values()) this.#queue(queue);
    run.stations.forEach((station, i) => this.#station(station, i, now, standing.get(station.name), troubles));
    moving.sort((a, b) => run.services[run.service[b.train]].background - run.services[run.service[a.train]].background);
    for (const m of moving) this.#moving(m);
  }

  #troubled(troubles) {
    const { c, view } = this;
    for (const trouble of troubles)
      for (const on of trouble.on) {
        const line = view.run.lineNumber.get(on);
        if (line === undefined) continue;
        c.strokeStyle = ALARM;
        c.lineWidth = 5;
        c.setLineDash([3, 6]);
        view.trace(c, line);
        c.stroke();
        c.setLineDash([]);
      }
  }

  #moving({ train, stage, share }) {
    const { view } = this, { run } = view;
    const kind = run.kinds[run.kind[stage]], line = run.lineNumber.get(kind.line);
    const back = run.lines[line].from !== kind.station;
    const at = view.at(line, back ? 1 - share : share);
    const angle = back ? at.angle + Math.PI : at.angle;
    // trains of the two directions keep to their own side
    this.#train(train, at.x - 6 * Math.sin(angle), at.y + 6 * Math.cos(angle), angle, 1.2);
  }

  #train(train, x, y, angle, size) {
    const { c, view } = this, { run } = view, service = run.services[run.service[train]];
    const long = (service.background ? 9 : 11) * size, high = (service.background ? 5 : 7) * size;
    const tip = service.gauge === 1520 ? high * 0.5 : 0; // 1520 mm is pointed, 1435 mm is blunt
    c.save();
    c.translate(x, y);
    c.rotate(angle);
    c.beginPath();
    c.moveTo(-long / 2, -high / 2);
    c.lineTo(long / 2 - tip, -high / 2);
    if (tip) c.lineTo(long / 2, 0);
    c.lineTo(long / 2 - tip, high / 2);
    c.lineTo(-long / 2, high / 2);
    c.closePath();
    if (service.background) {
      c.fillStyle = BACKGROUND;
      c.fill();
    } else {
      const colour = gaugeOf(service.gauge).train;
      const all = Math.max(run.slots[train], run.laden[train] + run.empty[train], 1);
      c.fillStyle = PAPER;
      c.fill();
      c.save();
      c.clip();
      c.fillStyle = colour;
      c.fillRect(-long / 2, -high / 2, (long * run.laden[train]) / all, high);
      c.restore();
      c.strokeStyle = colour;
      c.lineWidth = 1.2;
      c.stroke();
    }
    if (train === this.chosen) {
      c.beginPath();
      c.arc(0, 0, 10, 0, 7);
      c.strokeStyle = INK;
      c.lineWidth = 2;
      c.stroke();
    }
    c.restore();
    view.hits.push({ x, y, train });
  }

  // Trains kept on the line before a station, who came first nearest to it.
  #queue({ station, west, trains }) {
    const { c, view } = this, node = view.nodes[view.run.stationNumber.get(station)];
    const columns = west ? node.west : node.east, room = Math.min(node.y - 44, view.stack);
    const { shown, each } = this.#few(trains, columns * Math.floor(room / 5));
    const rows = Math.ceil(shown.length / columns);
    const row = Math.min(ROW, room / rows); // closer together rather than over something
    let place;
    if (view.upright)
      place = (column, r) => west
        ? [node.x + 15 + column * PITCH, node.above - 4 - r * row]
        : [node.x - 16 - column * PITCH, node.y + 19 + r * ROW];
    else
      place = (column, r) => [
        node.x + (west ? -1 : 1) * (node.half + 5 + column * PITCH), node.y - 15 - r * row];
    shown.forEach(([, train], i) => {
      const [x, y] = place(i % columns, Math.floor(i / columns));
      this.#train(train, x, y, west ? 0 : Math.PI, 0.85);
    });
    const [x, y] = place(0, view.upright && !west ? 0 : rows - 1), right = west !== view.upright;
    const style = { bold: true, colour: ALARM, align: right ? "right" : "left", halo: true };
    this.#text(`${trains.length} held`, x + (right ? 5 : -5), y - (each ? 18 : 7), style);
    this.#text(each, x + (right ? 5 : -5), y - 7, { ...style, bold: false });
  }

  #station(station, number, time, groups, troubles) {
    const { view } = this, { run } = view, node = view.nodes[number];
    const x = view.upright ? node.x + 12 : node.x - 46;
    let y = node.below;
    for (const stock of run.stocks)
      if (stock.station === station.name && stock.what <= ARRIVED)
        y = this.#stock(stock, run.levelOf(stock, time), x, y, node.panel);
    for (const trouble of troubles)
      for (const on of trouble.on)
        if (on.startsWith(`${station.name}/`) || on === station.name)
          y = this.#text(`⚠ ${activityWords(on.split("/")[1] ?? "station")} at ${percent(trouble.factor)}`,
            x, y + 13, { colour: ALARM, bold: true, halo: true }) + 1;
    for (const [activity, both] of [...(groups ?? [])].sort(byName))
      y = this.#group(station.name, activity, both, time, x, y, node.panel);
    view.hits.push({ x: node.x, y: node.y, station: number });
  }

  #stock(stock, level, x, y, room) {
    const { c } = this, mark = MARKS[stock.what], unit = this.view.unit;
    this.#text(level.toLocaleString("en-US"), x + 30, y + 10, { align: "right", colour: level ? INK : FAINT });
    const columns = Math.max(4, Math.floor((room - 36) / 7)), count = Math.round(level / unit);
    c.globalAlpha = count ? 1 : 0.35; // less than half a mark
    for (let i = 0; i < Math.max(count, 1); i++)
      this.#mark(stock.what, x + 35 + (i % columns) * 7, y + 3 + Math.floor(i / columns) * 8, mark.colour);
    c.globalAlpha = 1;
    const most = Math.ceil(Math.round(stock.most / unit) / columns);
    return y + Math.max(14, 6 + 8 * most); // room for the most it ever holds, so that nothing jumps
  }

  #mark(what, left, top, colour) {
    const { c } = this;
    c.fillStyle = c.strokeStyle = colour;
    c.lineWidth = 1;
    c.beginPath();
    if (what === GOODS) c.arc(left + 3, top + 3, 3, 0, 7);
    else if (what === ARRIVED) {
      c.moveTo(left + 3, top);
      c.lineTo(left + 6, top + 6);
      c.lineTo(left, top + 6);
    } else if (what === READY) c.rect(left, top, 6, 6);
    else c.rect(left + 0.5, top + 0.5, 5, 5);
    if (what === EMPTY) c.stroke();
    else c.fill();
  }

  #group(station, activity, { waiting, working }, time, x, y, room) {
    const closed = this.view.run.isClosed(station, activity, time);
    const words = activityWords(activity);
    const parts = working.length ? [`${working.length} ${words}`] : [];
    if (waiting.length) parts.push(working.length ? `${waiting.length} wait` : `${waiting.length} wait: ${words}`);
    const columns = Math.max(5, Math.floor(room / PITCH));
    const { shown, each } = this.#few([...working, ...waiting], columns * Math.floor(this.view.stack / ROW / 2));
    const style = { colour: waiting.length ? ALARM : FAINT, bold: waiting.length > 0, halo: true };
    for (const line of this.#lines(parts.concat(closed && waiting.length ? "closed" : [], each || []), this.view.width - x - 4, style))
      y = this.#text(line, x, y + 13, style);
    shown.forEach(([, train], i) =>
      this.#train(train, x + 4 + (i % columns) * PITCH, y + 8 + Math.floor(i / columns) * ROW, 0, 0.85));
    return y + 3 + ROW * Math.ceil(shown.length / columns);
  }

  // Parts of a text with commas between, on as few lines as have room for them.
  #lines(parts, room, { bold }) {
    this.c.font = fontOf(bold);
    const lines = [];
    for (const part of parts) {
      const longer = lines.length ? `${lines[lines.length - 1]}, ${part}` : part;
      if (lines.length && this.c.measureText(longer).width <= room) lines[lines.length - 1] = longer;
      else lines.push(part);
    }
    return lines;
  }

  // A queue that has no room is drawn with a mark for several trains: one that is followed, if there is one.
  #few(trains, fits) {
    const many = [1, 2, 5, 10, 20, 50, 100].find((n) => trains.length <= n * fits) ?? 1000;
    if (many === 1) return { shown: trains, each: "" };
    const { service, services } = this.view.run, shown = [];
    for (let i = 0; i < trains.length; i += many) {
      const some = trains.slice(i, i + many);
      shown.push(some.find(([, train]) => !services[service[train]].background) ?? some[0]);
    }
    return { shown, each: `mark: ${many}` };
  }

  #text(text, x, y, { align = "left", colour = INK, bold = false, halo = false } = {}) {
    const { c } = this;
    c.font = fontOf(bold);
    c.textAlign = align;
    if (halo) {
      c.lineWidth = 3;
      c.strokeStyle = PAPER;
      c.lineJoin = "round";
      c.strokeText(text, x, y);
    }
    c.fillStyle = colour;
    c.fillText(text, x, y);
    return y;
  }
}

const fontOf = (bold) => `${bold ? 700 : 400} 11.5px ${FONT}`;
const byName = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0);
const percent = (factor) => `${Math.round(factor * 100)} %`;
const activityWords = (activity) => activity.replaceAll("-", " ");
