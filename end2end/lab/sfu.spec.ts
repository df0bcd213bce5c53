/** Calls through the server reach it where only a relay does, and come back when it does; trouble.spec.ts has what networks do to them. */
import { callBetween, expectBack, PICTURE_MS, RECOVERED_MS } from './gaps.js';
import { SERVER_V4, SERVER_V4_OTHER } from './internet.js';
import { expect, test, type Lab, type Resident } from './lab.js';

test.use({ serverOptions: ['--sfu', 'always'] });

/** Expects that these two have one connection each, to the server's own address; says what it begins with at their end. */
async function expectOverServer(lab: Lab, call: Resident[]): Promise<void> {
  for (const resident of call) {
    const { local, remote } = await lab.directPathOf(resident);
    expect(local.type).not.toBe('relay');
    expect(remote.address).toBe(SERVER_V4);
  }
}

/** Expects that somebody reaches the server's media port through its relay, like this. */
async function expectRelayed(lab: Lab, resident: Resident, relayProtocol: string): Promise<void> {
  const { local, remote } = await lab.pathOf(resident);
  expect(local).toMatchObject({ type: 'relay', relayProtocol });
  expect([SERVER_V4, SERVER_V4_OTHER]).toContain(remote.address);
}

test('from two homes they speak through the server, and its media port is all that they reach', async ({ lab }) => {
  await expectOverServer(lab, await lab.call(lab.home(), lab.home({ nat: 'symmetric' })));
});

test('a server killed and restarted is back for everybody three seconds after it is', async ({ lab }) => {
  const call = await callBetween(lab);
  await lab.server.kill();
  await lab.server.run();
  await expectBack(lab, call, Date.now(), RECOVERED_MS, RECOVERED_MS + PICTURE_MS);
  await lab.expectToSeeAndHear(...call);
  for (const { person } of call) {
    expect(person.signals.findLast(({ type }) => type === 'welcome'), 'the same seat').toMatchObject({ resumed: true });
  }
});

test('where UDP is blocked the server is reached through its relay over TCP', async ({ lab }) => {
  const call = await lab.call(lab.home({ filter: 'no UDP' }), lab.home());
  await expectRelayed(lab, call[0], 'tcp');
});

test.describe('where the relay has port 443 of an address of its own', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--listen', `${SERVER_V4}:443`, '--turn-tls-listen', `${SERVER_V4_OTHER}:443`] });

  test('who may only use that port reaches the server through its relay over TLS', { tag: '@gate' }, async ({ lab }) => {
    const call = await lab.call(lab.home({ filter: 'only port 443' }), lab.home());
    await expectRelayed(lab, call[0], 'tls');
  });
});

test.describe('where the server stands behind a router that it knows nothing of', () => {
  test.use({ serverOptions: ['--sfu', 'always', '--sfu-external-ip', SERVER_V4_OTHER] });

  test('it is reached at the address that its operator announces', async ({ lab }) => {
    for (const resident of await lab.call(lab.home(), lab.home())) {
      const { remote } = await lab.directPathOf(resident);
      expect(remote.address).toBe(SERVER_V4_OTHER);
    }
  });
});
