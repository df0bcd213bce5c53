/** The lab's routers are what they are called: otherwise the other tests would prove something else. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { SERVER_V4, SERVER_V4_OTHER } from './internet.js';
import { expect, test } from './lab.js';

const PORT = 7_000;

/**
 * Tells whoever asks from which port they did; asked to `knock`, also sends a packet from the other address, to which
 * they have not spoken.
 */
const MIRROR = `
  const sockets = ['${SERVER_V4}', '${SERVER_V4_OTHER}'].map((address) => {
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (what, from) => {
      if (String(what) === 'knock') sockets[1].send('knocking', from.port, from.address);
      socket.send(String(from.port), from.port, from.address);
    });
    return socket.bind(${PORT}, address, () => console.log('ready'));
  });`;

/** Asks at one address with a knock from the other, then at the other; prints both ports and whether it was knocked. */
const ASKER = `
  const socket = require('node:dgram').createSocket('udp4');
  const ask = async (what, address) => {
    const answer = new Promise((resolve) => socket.once('message', resolve));
    socket.send(what, ${PORT}, address);
    return Number(await answer);
  };
  let knocked = false;
  socket.on('message', (what) => { knocked ||= String(what) === 'knocking'; });
  (async () => {
    const one = await ask('who', '${SERVER_V4}');
    await ask('knock', '${SERVER_V4}');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const other = await ask('who', '${SERVER_V4_OTHER}');
    console.log(JSON.stringify({ one, other, knocked }));
    socket.close();
  })();`;

for (const [nat, sees] of [['home', 'the same port'], ['symmetric', 'different ports']] as const) {
  test(`through a ${nat} NAT two addresses see ${sees}, and nobody comes in uninvited`, async ({ internet }) => {
    const home = internet.home({ nat });
    const [program, ...parameters] = internet.server.command(process.execPath);
    const mirror = spawn(program, [...parameters, '-e', MIRROR], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(mirror.stdout, 'data');
    const [asker, ...asks] = home.machine('asker').command(process.execPath);
    const { stdout } = await promisify(execFile)(asker, [...asks, '-e', ASKER], { timeout: 10_000 });
    const seen = JSON.parse(stdout) as { one: number; other: number; knocked: boolean };
    expect(seen.knocked).toBe(false);
    expect(seen.one === seen.other ? 'the same port' : 'different ports').toBe(sees);
  });
}
