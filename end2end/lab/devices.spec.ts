/** Devices find the way out of every kind of network as pages do: to pages, and to each other. */
import type { Device } from '../support/device.js';
import type { HomeOptions } from './internet.js';
import { SERVER_V4, SERVER_V4_OTHER } from './internet.js';
import { expect, test, type Lab, type Resident } from './lab.js';

/** Expects that both say something and the other has it. */
async function expectTalk(one: Device, other: Device): Promise<void> {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    await from.expectEvent('connected');
    from.tell('talk/hello', from.name);
    await expect.poll(() => to.heard().map(({ data }) => data)).toContain(from.name);
  }
}

/** Ada with a browser in one home and a device in the other, which have a connection; and how they do. */
async function pathBetween(lab: Lab, page: HomeOptions, device: HomeOptions): Promise<Awaited<ReturnType<Resident['pairs']>>[0]> {
  const ada = await lab.resident('Ada', lab.home(page));
  const lamp = await lab.device('Lamp', lab.home(device));
  await lamp.expectEvent('connected');
  lamp.order({ chat: 'It is dark' });
  await lamp.expectEvent('chat-delivered');
  return lab.pathOf(ada);
}

test('a device at home speaks directly with a page at home', async ({ lab }) => {
  await pathBetween(lab, {}, {});
  await lab.directPathOf(lab.residents[0]!);
});

test('when the router of a device gets another address and forgets everybody, it and a page find each other again', async ({ lab }) => {
  const garden = lab.home();
  await lab.resident('Ada', lab.home());
  const lamp = await lab.device('Lamp', garden);
  await lamp.expectEvent('connected');
  garden.rebind();
  lamp.order({ chat: 'It is dark' });
  await lamp.expectEvent('chat-delivered');
  await lab.pathOf(lab.residents[0]!);
});

test('a device at home speaks with a page behind a symmetric NAT through the relay', async ({ lab }) => {
  const { local, remote } = await pathBetween(lab, { nat: 'symmetric' }, {});
  expect([local.type, remote.type]).toContain('relay');
});

test('a device behind a symmetric NAT speaks with a device at home', { tag: '@gate' }, async ({ lab }) => {
  const [one, other] = [await lab.device('Lamp', lab.home({ nat: 'symmetric' })), await lab.device('Horn', lab.home())];
  await expectTalk(one, other);
});

test('where UDP is blocked a device speaks through the relay over TCP', async ({ lab }) => {
  const { local, remote } = await pathBetween(lab, {}, { filter: 'no UDP' });
  expect([local.type, remote.type]).toContain('relay');
});

test.describe('where the relay has port 443 of an address of its own', () => {
  test.use({ serverOptions: ['--listen', `${SERVER_V4}:443`, '--turn-tls-listen', `${SERVER_V4_OTHER}:443`] });

  test('a device that may only use that port speaks through the relay over TLS', async ({ lab }) => {
    const { local, remote } = await pathBetween(lab, {}, { filter: 'only port 443' });
    expect([local.type, remote.type]).toContain('relay');
  });
});

test('a device with IPv6 alone speaks with one that has IPv4 alone', async ({ lab }) => {
  const [one, other] = [await lab.device('Lamp', lab.home({ family: 'IPv6' })), await lab.device('Horn', lab.home({ family: 'IPv4' }))];
  await expectTalk(one, other);
});
