// From packed text to arrays that answer: what is where at this minute?

const UNBOUND = 1 << 30;
const BUCKET = 720; // minutes; trains are looked up by the half-day

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Whole numbers of seven bits a byte, least first, as pack.py writes them.
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  next() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }
  signed() {
    const value = this.next();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
}

// The last index whose time is not after the given one, or -1.
function before(times, time) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

class Run {
  static async from(packed) {
    const run = Object.assign(new Run(), packed);
    const [moves, levels, totals] = await Promise.all(
      [packed.moves, packed.levels, packed.totals].map(unpack));
    run.stationNumber = new Map(run.stations.map((s, i) => [s.name, i]));
    run.lineNumber = new Map(run.lines.map((l, i) => [l.name, i]));
    run.#readMoves(new Reader(moves));
    run.#readStocks(new Reader(levels));
    run.#readTotals(new Reader(totals));
    run.#index();
    return run;
  }

  // trains: service, serial, laden, empty, slots, formed, stages; a stage: kind and state, gap, wait, time
  #readMoves(reader) {
    const n = this.trains;
    for (const name of ["service", "serial", "laden", "empty", "slots", "formed", "gone"])
      this[name] = new Int32Array(n);
    this.first = new Int32Array(n + 1);
    const kind = [], state = [], asked = [], start = [], stop = [];
    let formed = 0;
    for (let i = 0; i < n; i++) {
      this.service[i] = reader.next();
      this.serial[i] = reader.next();
      this.laden[i] = reader.next();
      this.empty[i] = reader.next();
      this.slots[i] = reader.next();
      formed += reader.signed();
      this.formed[i] = formed;
      let now = formed;
      for (let left = reader.next(); left > 0; left--) {
        const both = reader.next();
        kind.push(Math.floor(both / 3));
        state.push(both % 3);
        asked.push((now += reader.signed()));
        start.push((now += reader.next()));
        stop.push((now += reader.next()));
        if (both % 3 === 1) start[start.length - 1] = stop[stop.length - 1] = now = UNBOUND; // still waits at the end
      }
      this.gone[i] = now;
      this.first[i + 1] = kind.length;
    }
    this.kind = Uint16Array.from(kind);
    this.state = Uint8Array.from(state);
    [this.asked, this.begun, this.stop] = [asked, start, stop].map((a) => Int32Array.from(a));
  }

  #readStocks(reader) {
    for (const stock of this.stocks) {
      const times = new Int32Array(stock.changes), levels = new Int32Array(stock.changes);
      let time = 0, level = 0;
      for (let i = 0; i < stock.changes; i++) {
        times[i] = time += reader.next();
        levels[i] = level += reader.signed();
      }
      stock.times = times;
      stock.levels = levels;
    }
  }

  #readTotals(reader) {
    this.totals = {};
    for (const name of ["backlog", "delivered", "held"]) {
      let level = 0;
      this.totals[name] = Int32Array.from({ length: this.hours }, () => (level += reader.signed()));
    }
  }

  #index() {
    const buckets = Math.floor(this.end / BUCKET) + 1;
    const span = (i) => [
      Math.max(0, Math.floor(this.formed[i] / BUCKET)),
      Math.min(buckets - 1, Math.floor(this.gone[i] / BUCKET))];
    this.bucket = new Int32Array(buckets + 1);
    for (let i = 0; i < this.trains; i++)
      for (let [b, last] = span(i); b <= last; b++) this.bucket[b + 1]++;
    for (let b = 0; b < buckets; b++) this.bucket[b + 1] += this.bucket[b];
    this.inBucket = new Int32Array(this.bucket[buckets]);
    const fill = this.bucket.slice();
    for (let i = 0; i < this.trains; i++)
      for (let [b, last] = span(i); b <= last; b++) this.inBucket[fill[b]++] = i;
  }

  // Calls back with (train, stage) for every train that is in the corridor at a minute.
  each(time, call) {
    const now = Math.max(0, Math.min(time, this.end));
    const b = Math.min(Math.floor(now / BUCKET), this.bucket.length - 2);
    for (let k = this.bucket[b]; k < this.bucket[b + 1]; k++) {
      const train = this.inBucket[k];
      if (now < this.formed[train] || now >= this.gone[train]) continue;
      let stage = this.first[train];
      while (this.stop[stage] <= now) stage++;
      call(train, stage);
    }
  }

  levelOf(stock, time) {
    const i = before(stock.times, time);
    return i < 0 ? 0 : stock.levels[i];
  }

  total(name, time) {
    const series = this.totals[name];
    if (time >= this.end) return series[series.length - 1];
    return series[Math.max(0, Math.min(Math.floor(time / 60), series.length - 1))];
  }

  disrupted(time) {
    return this.disruptions.filter((d) => d.begin <= time && time < d.end);
  }

  isClosed(place, activity, time) {
    const edges = this.closed[`${place}/${activity}`];
    return edges !== undefined && before(edges, time) % 2 === 0;
  }

  titleOf(station) {
    return this.stations[this.stationNumber.get(station)].title;
  }
}
