// Where things are drawn: stations and lines of one run on one canvas, and the layer that stays.

const INK = "#1c2430", FAINT = "#5b6570", ALARM = "#9b1c1c", PAPER = "#ffffff";
const GAUGE = {
  1520: { train: "#0072b2", line: "#9cc4e4" },
  1435: { train: "#c04a00", line: "#eab695" },
  none: { train: "#6b7280", line: "#c3c7cc" },
};
const BACKGROUND = "#8d949c";
const FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const STEPS = 64;
const LEVEL = 0.7; // how long a line keeps to its lane before it changes to another

const gaugeOf = (gauge) => GAUGE[gauge] ?? GAUGE.none;

class View {
  constructor(run, canvas, unit) {
    this.run = run;
    this.canvas = canvas;
    this.unit = unit; // boxes a mark
    this.hits = [];
    this.context = canvas.getContext("2d");
    this.still = document.createElement("canvas");
    const most = (name) => Math.max(...run.stations.map((s) => s[name]), 0);
    this.alongMost = most("along");
    this.acrossMost = most("across");
  }

  // Landscape runs west to east; portrait from top to bottom, as wide as a phone.
  resize(width, roomy) {
    this.upright = width < 1100; // narrower than that, labels would touch
    const spare = Math.max(0, (width - 620) / 2); // on a tablet the lanes stay together
    const margin = this.upright
      ? { left: 54 + spare, right: 166 + spare, top: 34, bottom: 130 }
      : { left: 92, right: 92, top: roomy ? 92 : 70, bottom: roomy ? 170 : 122 };
    const lane = roomy ? 240 : 158;
    this.stack = roomy ? 110 : 50; // pixels that a queue may rise above its line
    const height = this.upright
      ? margin.top + Math.max(this.alongMost * 58, 60) + margin.bottom
      : margin.top + this.acrossMost * lane + margin.bottom;
    this.width = width;
    this.height = Math.round(height);
    const long = (this.upright ? height - margin.top - margin.bottom : width - margin.left - margin.right);
    const wide = (this.upright ? width - margin.left - margin.right : height - margin.top - margin.bottom);
    const spread = (value, most, room) => (most > 0 ? (value / most) * room : room / 2);
    this.scale = this.alongMost > 0 ? long / this.alongMost : long;
    this.nodes = this.run.stations.map((s) => {
      const along = spread(s.along, this.alongMost, long), across = spread(s.across, this.acrossMost, wide);
      return this.upright
        ? { x: margin.left + across, y: margin.top + along }
        : { x: margin.left + along, y: margin.top + across };
    });
    this.ways = this.run.lines.map((line) => this.#way(line));
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const layer of [this.canvas, this.still]) {
      layer.width = Math.round(width * this.ratio);
      layer.height = Math.round(this.height * this.ratio);
    }
    this.canvas.style.height = `${this.height}px`;
    this.#measure();
    this.#room();
    this.#drawStill();
  }

  // A curve that leaves and enters stations along the corridor, as points at equal distances.
  #way(line) {
    const a = this.nodes[this.run.stationNumber.get(line.from)];
    const b = this.nodes[this.run.stationNumber.get(line.to)];
    const c = this.upright
      ? [a.x, a.y + LEVEL * (b.y - a.y), b.x, b.y - LEVEL * (b.y - a.y)]
      : [a.x + LEVEL * (b.x - a.x), a.y, b.x - LEVEL * (b.x - a.x), b.y];
    const fine = [], far = [0];
    for (let i = 0; i <= 4 * STEPS; i++) {
      const t = i / (4 * STEPS), u = 1 - t;
      const mix = (p, q, r, s) => u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
      fine.push([mix(a.x, c[0], c[2], b.x), mix(a.y, c[1], c[3], b.y)]);
      if (i) far.push(far[i - 1] + Math.hypot(fine[i][0] - fine[i - 1][0], fine[i][1] - fine[i - 1][1]));
    }
    const points = [], total = far[far.length - 1];
    for (let i = 0, k = 0; i <= STEPS; i++) {
      while (k < fine.length - 2 && far[k + 1] < (total * i) / STEPS) k++;
      const share = far[k + 1] > far[k] ? ((total * i) / STEPS - far[k]) / (far[k + 1] - far[k]) : 0;
      points.push([0, 1].map((j) => fine[k][j] + share * (fine[k + 1][j] - fine[k][j])));
    }
    return { points, length: total };
  }

  // A place on a line, by the share of it from its first end; with its direction.
  at(line, share) {
    const { points } = this.ways[line];
    const exact = Math.max(0, Math.min(share, 1)) * STEPS;
    const i = Math.min(Math.floor(exact), STEPS - 1), rest = exact - i;
    const [a, b] = [points[i], points[i + 1]];
    return {
      x: a[0] + rest * (b[0] - a[0]), y: a[1] + rest * (b[1] - a[1]),
      angle: Math.atan2(b[1] - a[1], b[0] - a[0]),
    };
  }

  // How wide the panel of each station may be, and how many trains fit in a row of a queue beside it.
  #room() {
    const beside = (node, way) => {
      let found = [way > 0 ? this.width - node.x : node.x, null];
      for (const other of this.nodes) {
        const far = way * (other.x - node.x);
        if (other !== node && Math.abs(other.y - node.y) < 120 && far > 0 && far < found[0]) found = [far, other];
      }
      return found;
    };
    for (const node of this.nodes) {
      if (this.upright) {
        const right = beside(node, 1)[0];
        node.panel = Math.min(right - 34, 150);
        node.west = Math.max(3, Math.floor((right - 24) / PITCH));
        node.east = 3;
      } else {
        const right = Math.min(beside(node, 1)[0] - 10, this.width - node.x + 50);
        node.panel = Math.max(96, Math.min(right, 150));
        for (const [side, way] of [["west", -1], ["east", 1]]) {
          const [room, other] = beside(node, way);
          const shared = other && this.#exchange(node, other); // where the other has a queue on the same line
          const free = room - node.half - (other ? other.half : 0) - (shared ? 3.5 * PITCH : 0);
          node[side] = Math.max(3, Math.min(Math.floor(free / PITCH), 12));
        }
      }
    }
  }

  #exchange(a, b) {
    const [i, j] = [a, b].map((node) => this.run.stations[this.nodes.indexOf(node)].name);
    return this.run.lines.some((l) => !l.gauge && [l.from, l.to].includes(i) && [l.from, l.to].includes(j));
  }

  // Whether a line comes into a station from the west (or from above, when upright).
  fromWest(station, line) {
    const { from, to } = this.run.lines[line];
    const other = this.nodes[this.run.stationNumber.get(from === station ? to : from)];
    const here = this.nodes[this.run.stationNumber.get(station)];
    return this.upright ? other.y <= here.y : other.x <= here.x;
  }

  #drawStill() {
    const c = this.still.getContext("2d");
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.fillStyle = PAPER;
    c.fillRect(0, 0, this.width, this.height);
    c.lineCap = "round";
    this.run.lines.forEach((line, i) => {
      c.strokeStyle = gaugeOf(line.gauge).line;
      c.lineWidth = 5;
      c.setLineDash(line.gauge ? [] : [7, 7]);
      this.trace(c, i);
      c.stroke();
    });
    c.setLineDash([]);
    const stocked = new Set(this.run.stocks.map((s) => s.station)); // nothing may stand where stocks are
    const taken = this.nodes.map((node, i) => stocked.has(this.run.stations[i].name)
      ? [node.x - 48, node.y - 40, node.x + node.panel - 46, node.y + 100]
      : [node.x - 48, node.y - 40, node.x + 50, node.y + 45]);
    this.run.lines.forEach((line, i) => this.#length(c, line, this.ways[i], taken));
    for (const node of this.nodes) {
      c.beginPath();
      c.arc(node.x, node.y, 5, 0, 7);
      c.fillStyle = PAPER;
      c.fill();
      c.lineWidth = 2.5;
      c.strokeStyle = INK;
      c.stroke();
      this.#label(c, node);
    }
  }

  // The texts of each station's label, and half the width of the widest.
  #measure() {
    const c = this.context;
    this.run.stations.forEach((station, i) => {
      const node = this.nodes[i];
      const [, name, more] = station.title.match(/^(.*?)\s*(\(.*\))$/) ?? [null, station.title, ""];
      node.label = [...wrap(name, 16).map((t) => [t, `700 13px ${FONT}`, INK]), ...wrap(more, 20).map((t) => [t, `400 11px ${FONT}`, FAINT])];
      node.half = 8 + Math.max(...node.label.map(([text, font]) => {
        c.font = font;
        return c.measureText(text).width / 2;
      }));
    });
  }

  // Lengths as they are, for they are not drawn to scale.
  #length(c, line, way, taken) {
    const text = `${Math.round(line.length_km).toLocaleString("en-US")} km`;
    c.font = `400 11px ${FONT}`;
    const half = c.measureText(text).width / 2;
    const places = [0.5, 0.6, 0.7, 0.4, 0.3, 0.8].map((s) => way.points[Math.round(s * STEPS)]);
    const side = places.map(([x, y]) => (this.upright ? [x + 12 + half, y + 4] : [x, y + 25]))
      .find(([x, y]) => !taken.some((t) => x + half > t[0] && x - half < t[2] && y > t[1] && y - 11 < t[3]));
    if (side === undefined || way.length < 90) return;
    taken.push([side[0] - half - 20, side[1] - 30, side[0] + half + 20, side[1] + 20]);
    c.fillStyle = FAINT;
    c.textAlign = "center";
    c.lineWidth = 4;
    c.strokeStyle = PAPER;
    c.strokeText(text, ...side);
    c.fillText(text, ...side);
  }

  trace(c, line) {
    c.beginPath();
    for (const [x, y] of this.ways[line].points) c.lineTo(x, y);
  }

  #label(c, node) {
    c.textAlign = this.upright ? "left" : "center";
    c.textBaseline = "alphabetic";
    c.lineJoin = "round";
    c.lineWidth = 4;
    c.strokeStyle = PAPER;
    const x = this.upright ? node.x + 12 : node.x;
    let y = this.upright ? node.y + 4 : node.y - 17 - 13 * (node.label.length - 1);
    for (const [text, font, colour] of node.label) {
      c.font = font;
      c.strokeText(text, x, y);
      c.fillStyle = colour;
      c.fillText(text, x, y);
      y += 13;
    }
    node.below = this.upright ? y - 6 : node.y + 14;
    node.above = this.upright ? node.y - 12 : node.y - 8;
  }
}

function wrap(text, most) {
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
