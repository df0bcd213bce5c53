/** Live data: reactions, and the messages of programs in the page. */
import { expect, test, type Person } from '../support/room.js';

/** Collects what the programs' door tells, from before the page's own scripts. */
function collect(): void {
  const told: unknown[] = [];
  Object.assign(window, { told });
  for (const type of ['visavis:message', 'visavis:error']) {
    window.addEventListener(type, (event) => told.push({ type, ...(event as CustomEvent<object>).detail }));
  }
}

const told = (person: Person) =>
  person.page.evaluate(() => (window as unknown as { told: Record<string, unknown>[] }).told);

const send = (person: Person, detail: unknown) =>
  person.page.evaluate((detail) => {
    window.dispatchEvent(new CustomEvent('visavis:send', { detail }));
  }, detail);

test('a reaction floats up with its name on every side, and is gone again', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await meeting.expectAllToSeeAndHear([ada!, bob!]);
  await ada!.button('React').click();
  await ada!.page.getByRole('button', { name: '🎉' }).first().click();
  const floating = (person: Person) => person.page.getByRole('log', { name: 'Reactions' }).locator('p');
  await expect(floating(bob!)).toHaveText(['🎉Ada']);
  await expect(floating(ada!)).toHaveText(['🎉You']);
  await expect(floating(bob!)).toHaveCount(0);
});

test('programs in the page talk to each other, reliably or not, to all or to one', { tag: '@gate' }, async ({ meeting }) => {
  const people: Person[] = [];
  for (const name of ['Ada', 'Bob', 'Cleo']) {
    people.push(await (await meeting.person(name, { before: collect })).join(meeting.room));
  }
  const [ada, bob, cleo] = people as [Person, Person, Person];
  await meeting.expectAllToSeeAndHear(people);
  await send(ada, { topic: 'poker/bet', data: { chips: 5 } });
  for (const other of [bob, cleo]) {
    await expect
      .poll(() => told(other))
      .toMatchObject([{ type: 'visavis:message', name: 'Ada', reliable: true, topic: 'poker/bet', data: { chips: 5 } }]);
  }
  const from = (await told(bob))[0]!.from;
  await send(bob, { topic: 'poker/bet', data: 'call', to: from });
  await expect.poll(() => told(ada)).toMatchObject([{ name: 'Bob', data: 'call' }]);
  expect(await told(cleo)).toHaveLength(1);
  await expect
    .poll(async () => {
      await send(ada, { topic: 'telemetry', data: 1, reliable: false });
      return (await told(cleo)).some((message) => message.reliable === false && message.topic === 'telemetry');
    })
    .toBe(true);
});

test('what a program may not send is refused with a code, and nobody gets it', async ({ meeting }) => {
  const ada = await (await meeting.person('Ada', { before: collect })).join(meeting.room);
  await send(ada, { topic: 'a', data: 1 });
  await send(ada, { topic: 'Not A Topic', data: 1 });
  await send(ada, 'no object');
  await expect
    .poll(() => told(ada))
    .toMatchObject([
      { type: 'visavis:error', code: 'application-nobody-there' },
      { code: 'application-topic' },
      { code: 'application-malformed' },
    ]);
});
