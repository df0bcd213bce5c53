/**
 * A data channel to the SFU: each message has a routing line, and a channel that was closed is opened anew.
 *
 * Written from docs/protocol.md, "Channels".
 */

/** So often a channel that was opened anew asks whether the server is done with the old one, in ms. */
const ASKS_EVERY_MS = 500;

export class SfuChannel {
  /** `heard` has what is done when it is `ready`, somebody `opened` theirs, a `frame` came, `life` shows, and it is `closed`. */
  constructor(connection, label, { id, ...manner }, heard) {
    Object.assign(this, { connection, label, heard });
    this.manner = { negotiated: true, id, ...manner };
    this.isOver = false;
    this.create();
  }

  create() {
    const channel = this.connection.createDataChannel(this.label, this.manner);
    this.channel = channel;
    channel.onmessage = ({ data }) => this.take(data);
    channel.onclose = () => {
      clearInterval(this.asking);
      this.heard.closed?.();
      // werift knows the id as taken until all that it does about the end is done.
      setImmediate(() => this.isOver || this.createAnew());
    };
  }

  createAnew() {
    this.create();
    const ask = () => this.channel.readyState === 'open' && this.say({ to: [] }, '');
    this.asking = setInterval(ask, ASKS_EVERY_MS);
    ask();
  }

  /** Says something to whom the routing line names. */
  say(line, payload) {
    this.channel.send(`${JSON.stringify(line)}\n${payload}`);
  }

  take(data) {
    const end = data.indexOf('\n');
    const line = JSON.parse(`${end < 0 ? data : data.slice(0, end)}`);
    this.heard.life?.();
    if (line.ready || line.beat) {
      clearInterval(this.asking);
    }
    if (line.ready) {
      this.heard.ready?.();
    } else if (line.beat) {
      this.heard.beat?.();
    } else if (line.opened !== undefined) {
      this.heard.opened?.(line.opened);
    } else if (line.from !== undefined && typeof data === 'string') {
      this.heard.frame?.(line.from, JSON.parse(data.slice(end + 1)));
    }
  }

  end() {
    this.isOver = true;
    clearInterval(this.asking);
  }
}
