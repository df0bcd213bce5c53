/** Whoever breaks the rules of a channel is cut off from it, is named, and the call goes on. */
import { Chat } from '../support/chat.js';
import { expect, test, type Person } from '../support/room.js';

/** Keeps every data channel the page creates where the tests find it. */
function keepChannels(): void {
  const kept: RTCDataChannel[] = [];
  Object.assign(window, { kept });
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (...parameters) {
    const channel = create.apply(this, parameters);
    kept.push(channel);
    return channel;
  };
}

/** Sends frames over a channel of this person's page, past everything the page would check. */
const misbehave = (person: Person, label: string, frame: string, times: number) =>
  person.page.evaluate(
    ({ label, frame, times }) => {
      const { kept } = window as unknown as { kept: RTCDataChannel[] };
      const channel = kept.find((one) => one.label === label && one.readyState === 'open')!;
      for (let count = 0; count < times && channel.readyState === 'open'; count += 1) {
        channel.send(frame);
      }
    },
    { label, frame, times },
  );

const FAULTS = [
  { channel: 'chat', what: 'malformed frames', frame: '{"type":"message"', times: 200 },
  { channel: 'chat', what: 'a flood', frame: '{"type":"message","id":"x","text":"x","sentAt":1}', times: 20_000 },
  { channel: 'files', what: 'malformed frames', frame: 'no frame of files', times: 200 },
  { channel: 'live', what: 'a flood', frame: '{"type":"reaction","emoji":"🎉"}', times: 20_000 },
];

for (const { channel, what, frame, times } of FAULTS) {
  test(`${what} on the ${channel} channel cut their sender off from it alone`, async ({ meeting }) => {
    const ada = await (await meeting.person('Ada', { before: keepChannels })).join(meeting.room);
    const [bob, cleo] = await meeting.gather('Bob', 'Cleo');
    await meeting.expectAllToSeeAndHear([ada, bob!, cleo!]);
    await misbehave(ada, channel, frame, times);
    // The channel was Ada's first: the one to Bob.
    await expect(bob!.page.getByText(/from Ada are blocked/).first()).toBeVisible();
    await meeting.expectAllToSeeAndHear([ada, bob!, cleo!]);
    const [bobs, cleos] = [await Chat.of(bob!), await Chat.of(cleo!)];
    await bobs.say('still here');
    await cleos.expectTexts('still here');
  });
}
