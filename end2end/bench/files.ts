/**
 * How fast a file goes from one browser to another: through a room of two, beside a bare data channel between the
 * same pages on the same machine, in turns. The file is read, hashed on both sides and written to the private file system; the
 * bare channel's bytes are only counted. Then a large file beside a call with pictures: how much more than before each page
 * keeps in memory meanwhile, and how long a picture stands still at most. Prints one JSON object on a line.
 */
import { drop, installPicker, line, openFiles, act } from '../support/files.js';
import { memoryOf } from '../support/memory.js';
import { expect, test, type Person } from '../support/room.js';

const ROUNDS = Number(process.env.ROUNDS || 5);
const PIECE = 4 * 1024 * 1024;
const PIECES = Number(process.env.MEBIBYTES || 128) / 4;
/** Of the file whose transfer is watched for what it keeps in memory, in MiB. 2048 take five minutes and more; 0 leaves it out. */
const LARGE_MEBIBYTES = Number(process.env.LARGE_MEBIBYTES || 512);
/** How often memory is looked at meanwhile, in ms: each look is a collection. */
const LOOKED_AT_EVERY_MS = 5_000;

/** Bytes per second of a bare channel between these two pages: frames of 64 KiB, refilled at 1 MiB. */
async function bare(near: Person, far: Person, bytes: number): Promise<number> {
  const open = `
    window.bare = new RTCPeerConnection();
    window.channel = bare.createDataChannel('bare', { negotiated: true, id: 0 });
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = 1048576;
    window.gathered = new Promise((done) => {
      bare.onicegatheringstatechange = () => bare.iceGatheringState === 'complete' && done();
    });`;
  await near.page.evaluate(`${open} bare.createOffer().then((offer) => bare.setLocalDescription(offer)).then(() => gathered)`);
  const offer = await near.page.evaluate(`bare.localDescription.toJSON()`);
  const answer = await far.page.evaluate(
    `${open} bare.setRemoteDescription(${JSON.stringify(offer)}).then(() => bare.createAnswer())
      .then((answer) => bare.setLocalDescription(answer)).then(() => gathered).then(() => bare.localDescription.toJSON())`,
  );
  await far.page.evaluate(`
    window.received = new Promise((done) => {
      let bytes = 0, first = 0;
      channel.onmessage = ({ data }) => {
        first ||= performance.now();
        bytes += data.byteLength;
        if (bytes >= ${bytes}) done(bytes / (performance.now() - first) * 1000);
      };
    }); undefined`);
  await near.page.evaluate(`bare.setRemoteDescription(${JSON.stringify(answer)})`);
  await near.page.evaluate(`new Promise((done) => channel.readyState === 'open' ? done() : channel.onopen = done)`);
  await near.page.evaluate(`(() => {
    const frame = new Uint8Array(65536);
    let left = ${bytes};
    const fill = () => { while (left > 0 && channel.bufferedAmount < 4194304) { channel.send(frame); left -= frame.length; } };
    channel.onbufferedamountlow = fill;
    fill();
  })()`);
  const rate = (await far.page.evaluate(`received`)) as number;
  await Promise.all([near, far].map((person) => person.page.evaluate(`bare.close()`)));
  return rate;
}

/** Bytes per second of a file through the room, from the first byte written to the checked end. */
async function file(near: Person, far: Person, name: string, pieces: number): Promise<number> {
  await drop(near, name, 1, PIECE, pieces, far.name);
  await openFiles(far);
  const started = Date.now();
  await act(far, 'Accept', name);
  await expect(line(far, name)).toContainText('Saved where you chose', { timeout: 1_500_000 });
  const rate = ((pieces * PIECE) / (Date.now() - started)) * 1000;
  await act(far, 'Dismiss', name);
  return rate;
}

/** Runs something, and looks every few seconds at how much more each page keeps in memory than before, in MiB at most. */
async function mostGrowth(people: Person[], during: () => Promise<void>): Promise<number[]> {
  const before = await Promise.all(people.map(memoryOf));
  const most = people.map(() => 0);
  const look = async () => {
    const now = await Promise.all(people.map(memoryOf));
    now.forEach((bytes, index) => (most[index] = Math.max(most[index]!, (bytes - before[index]!) / 2 ** 20)));
  };
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_EVERY_MS));
    }
  })();
  await during().finally(() => (isOver = true));
  await looking;
  await look();
  return most;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test('the rate of a file beside a bare channel', async ({ meeting }) => {
  test.setTimeout(1_800_000);
  const people: Person[] = [];
  for (const name of ['Ada', 'Bob']) {
    const person = await meeting.person(name, { before: installPicker });
    await person.visit(meeting.room);
    await person.button('Turn camera off').click();
    await person.enter();
    people.push(person);
  }
  const [ada, bob] = people as [Person, Person];
  await ada.expectOthers(bob);
  const rates = { bare: [] as number[], file: [] as number[] };
  await file(ada, bob, 'warm-up.bin', 4);
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.bare.push(await bare(ada, bob, PIECES * PIECE));
    rates.file.push(await file(ada, bob, `round-${round}.bin`, PIECES));
  }
  const figures: Record<string, number> = {
    bareMegabytesPerSecond: median(rates.bare) / 1e6,
    fileMegabytesPerSecond: median(rates.file) / 1e6,
    ratio: median(rates.file) / median(rates.bare),
  };
  if (LARGE_MEBIBYTES > 0) {
    let rate = 0;
    for (const person of people) {
      await person.button('Turn camera on').click();
    }
    await ada.expectToSee(bob);
    await bob.expectToSee(ada);
    await ada.watchFrames(bob);
    await bob.watchFrames(ada);
    const growth = await mostGrowth(people, async () => {
      rate = await file(ada, bob, 'large.bin', LARGE_MEBIBYTES / 4);
    });
    figures.largeMebibytes = LARGE_MEBIBYTES;
    figures.largeMegabytesPerSecond = rate / 1e6;
    [figures.senderGrowthMebibytes, figures.receiverGrowthMebibytes] = growth as [number, number];
    const gaps = [await ada.longestGap(bob), await bob.longestGap(ada)];
    figures.longestGapMs = Math.max(...gaps.map(({ gap }) => gap));
  }
  console.log(JSON.stringify({ files: figures }));
});
