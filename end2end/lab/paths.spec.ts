/** Between every two kinds of networks people see and hear each other, by the shortest way there is. */
import type { HomeOptions } from './internet.js';
import { SERVER_V4, SERVER_V4_OTHER } from './internet.js';
import { expect, test, type Lab, type Resident } from './lab.js';

const REFLEXIVE = /^(srflx|prflx)$/;

/** Expects that a relay stands between these two. */
async function expectRelay(lab: Lab, call: Resident[]): Promise<void> {
  for (const resident of call) {
    const { local, remote } = await lab.pathOf(resident);
    expect([local.type, remote.type]).toContain('relay');
  }
}

/** Ada's and Bob's homes. */
function homes(lab: Lab, one: HomeOptions, other: HomeOptions) {
  return [lab.home(one), lab.home(other)] as const;
}

test('in one network they speak directly', async ({ lab }) => {
  const home = lab.home();
  for (const resident of await lab.call(home, home)) {
    const { local, remote } = await lab.pathOf(resident);
    expect([local.type, remote.type]).toEqual(['host', 'host']);
  }
});

test('from home to home they speak directly through both routers', { tag: '@gate' }, async ({ lab }) => {
  for (const resident of await lab.call(...homes(lab, {}, {}))) {
    const { local, remote } = await lab.directPathOf(resident);
    expect(local.type).toMatch(REFLEXIVE);
    expect(remote.type).toMatch(REFLEXIVE);
  }
});

test('from home to a symmetric NAT they speak through the relay', async ({ lab }) => {
  await expectRelay(lab, await lab.call(...homes(lab, {}, { nat: 'symmetric' })));
});

test('between two symmetric NATs they speak through the relay', { tag: '@gate' }, async ({ lab }) => {
  await expectRelay(lab, await lab.call(...homes(lab, { nat: 'symmetric' }, { nat: 'symmetric' })));
});

test('where UDP is blocked they speak through the relay over TCP', { tag: '@gate' }, async ({ lab }) => {
  const call = await lab.call(...homes(lab, { filter: 'no UDP' }, {}));
  await expectRelay(lab, call);
  const { local } = await lab.pathOf(call[0]);
  expect(local).toMatchObject({ type: 'relay', relayProtocol: 'tcp' });
});

test.describe('where the relay has port 443 of an address of its own', () => {
  test.use({ serverOptions: ['--listen', `${SERVER_V4}:443`, '--turn-tls-listen', `${SERVER_V4_OTHER}:443`] });

  test('who may only use that port speaks through the relay over TLS', { tag: '@gate' }, async ({ lab }) => {
    const call = await lab.call(...homes(lab, { filter: 'only port 443' }, {}));
    await expectRelay(lab, call);
    const { local } = await lab.pathOf(call[0]);
    expect(local).toMatchObject({ type: 'relay', relayProtocol: 'tls' });
  });
});

test('from IPv6 alone to IPv4 alone they speak through the relay', async ({ lab }) => {
  await expectRelay(lab, await lab.call(...homes(lab, { family: 'IPv6' }, { family: 'IPv4' })));
});
