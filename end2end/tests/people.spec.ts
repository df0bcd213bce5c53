import { Extras } from '../support/extras.js';
import { expect, test } from '../support/room.js';

test('a raised hand is seen by everybody, also by who comes later, until it is lowered', { tag: '@gate' }, async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await bob!.expectOthers(ada!);
  const raised = (name: string) => ({
    in: (person: typeof ada) =>
      person!.tile(name).getByText(/hand/i).or(person!.tile(name).getByLabel(/hand/i)).first(),
  });
  await ada!.button('Raise hand').click();
  await expect(ada!.button('Lower hand')).toBeVisible();
  await expect(raised('Ada').in(bob)).toBeAttached();
  const [cleo] = await meeting.gather('Cleo');
  await expect(raised('Ada').in(cleo)).toBeAttached();
  await ada!.button('Lower hand').click();
  await expect(raised('Ada').in(bob)).toHaveCount(0);
  await expect(raised('Ada').in(cleo)).toHaveCount(0);
});

test('the people panel lists who is here and follows their coming and going', { tag: '@gate' }, async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.button('People').click();
  const panel = ada!.page.getByRole('complementary').or(ada!.page.getByRole('dialog')).filter({ visible: true });
  await expect(panel.getByText('Ada').first()).toBeVisible();
  const [bob] = await meeting.gather('Bob');
  await expect(panel.getByText('Bob').first()).toBeVisible();
  await bob!.button('Leave').click();
  await expect(panel.getByText('Bob')).toHaveCount(0);
});

test.describe('in a room for twenty', () => {
  test.use({ serverOptions: ['--room-capacity', '20'] });

  test('a long list of people is searched, and a short one has no field for it', async ({ meeting }) => {
    const [ada] = await meeting.gather('Ada');
    await ada!.button('People').click();
    const panel = ada!.page.getByRole('complementary');
    const field = panel.getByRole('searchbox', { name: 'Search people' });
    const people = panel.locator('.person');
    await expect(people).toHaveCount(1);
    await expect(field).toHaveCount(0);
    const extras = await Extras.join(ada!, meeting.room, 13);
    await expect(people).toHaveCount(14);
    await field.fill('TRA 13');
    await expect(people).toHaveCount(1);
    await expect(people).toContainText('Extra 13');
    await field.fill('Zoe');
    await expect(panel.getByText('Nobody here is called that.')).toBeVisible();
    await extras.leave();
    await expect(field).toHaveValue('Zoe');
    await field.fill('');
    await expect(people).toHaveCount(1);
    await expect(field).toHaveCount(0);
  });
});

test('coming and going is told to screen readers', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  const live = ada!.page.locator('[aria-live=polite], [role=status], [role=log]');
  const [bob] = await meeting.gather('Bob');
  await expect(live.filter({ hasText: /Bob/ }).first()).toBeAttached();
  await bob!.button('Leave').click();
  await expect(live.filter({ hasText: /Bob.*left/i }).first()).toBeAttached();
});

test('Copy link puts the room’s link on the clipboard and says so', { tag: '@gate' }, async ({ meeting }) => {
  const ada = await meeting.person('Ada', {
    context: { permissions: ['clipboard-write', 'camera', 'microphone'] },
    before: () => {
      if (!isSecureContext) {
        return;
      }
      const write = navigator.clipboard.writeText.bind(navigator.clipboard);
      navigator.clipboard.writeText = async (text) => {
        await write(text);
        document.documentElement.dataset.copied = text;
      };
    },
  });
  await ada.join(meeting.room);
  await ada.button('Copy link').first().click();
  await expect(ada.page.getByText(/copied/i).first()).toBeVisible();
  await expect(ada.page.locator('html')).toHaveAttribute('data-copied', `${ada.url}/r/${meeting.room}`);
});

test('the settings show the devices there are', async ({ meeting }) => {
  const [ada] = await meeting.gather('Ada');
  await ada!.button('Settings').click();
  const dialog = ada!.page.getByRole('dialog').filter({ visible: true });
  await expect(dialog.getByRole('combobox', { name: /camera/i }).locator('option')).not.toHaveCount(0);
  await expect(dialog.getByRole('combobox', { name: /microphone/i }).locator('option', { hasText: /fake/i }).first()).toBeAttached();
  await ada!.page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('in the people panel hands come first, in the order in which they went up', async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await ada!.expectOthers(bob!, cleo!);
  await cleo!.button('Raise hand').click();
  await expect(ada!.tile('Cleo').getByText('Hand raised')).toBeAttached();
  await bob!.button('Raise hand').click();
  await expect(ada!.tile('Bob').getByText('Hand raised')).toBeAttached();
  await ada!.button('People').click();
  const names = ada!.page.getByRole('complementary', { name: /People/ }).getByRole('listitem').locator('.person-name');
  await expect(names).toHaveText(['Cleo', 'Bob', 'Ada (you)']);
  await cleo!.button('Lower hand').click();
  await expect(names).toHaveText(['Bob', 'Ada (you)', 'Cleo']);
});

test('somebody is made silent for oneself alone', async ({ meeting }) => {
  const [ada, bob, cleo] = await meeting.gather('Ada', 'Bob', 'Cleo');
  await meeting.expectAllToSeeAndHear([ada!, bob!, cleo!]);
  await ada!.button('People').click();
  await ada!.page.getByRole('slider', { name: 'Volume of Bob' }).fill('0');
  await ada!.expectToHear(cleo!);
  await cleo!.expectToHear(ada!, bob!);
  await ada!.page.getByRole('slider', { name: 'Volume of Bob' }).fill('60');
  await ada!.expectToHear(bob!, cleo!);
});

test('somebody is pinned from the people panel', async ({ meeting }) => {
  const [ada, bob] = await meeting.gather('Ada', 'Bob');
  await ada!.expectOthers(bob!);
  await ada!.button('People').click();
  await ada!.button('Pin Bob on the stage').click();
  await expect(ada!.button('Unpin Bob on the stage')).toBeVisible();
  await expect(ada!.tile('Bob')).toHaveAttribute('data-leading', '');
});
