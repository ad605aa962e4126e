import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';
import { addTemplate } from '../../support/templates.js';

test.beforeEach(async ({ client }) => {
  const alice = await client('alice');
  await alice.get('/run/sized?size=small');
});

test('the countdown ticks and survives a reload', async ({ signIn }) => {
  const page = await signIn('alice');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const row = environments.row('Sized page');
  await expect(row.status).toHaveText('Healthy');

  const before = await row.secondsLeft();
  await expect.poll(() => row.secondsLeft()).toBeLessThan(before);
  await page.reload();
  await expect(row.countdown).toBeVisible();
  const after = await row.secondsLeft();
  expect(before - after).toBeGreaterThan(0);
  expect(before - after).toBeLessThan(20);
});

test('an environment can be extended until the maximum is reached', async ({ signIn }) => {
  const page = await signIn('alice');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const row = environments.row('Sized page');
  await expect(row.status).toHaveText('Healthy');
  const before = await row.secondsLeft();

  await expect(row.extend).toContainText('0 of 2 used');
  await row.extend.click();
  await expect(row.extend).toContainText('last one');
  await expect.poll(() => row.secondsLeft()).toBeGreaterThan(before + 1700);
  await row.extend.click();
  await expect(row.limitReached).toBeDisabled();
  await expect.poll(() => row.secondsLeft()).toBeGreaterThan(before + 3500);
});

test('a deletion asks for confirmation and removes the row without a reload', async ({ signIn }) => {
  const page = await signIn('alice');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  const row = environments.row('Sized page');

  const first = await row.askToDelete();
  await expect(first.dialog).toContainText('is lost for good');
  await first.keep.click();
  await expect(first.dialog).toBeHidden();
  await expect(row.row).toBeVisible();

  await (await row.askToDelete()).confirm.click();
  await expect(row.row).toBeHidden();
  await expect(environments.empty).toBeVisible();
  await expect(page.locator('body')).toHaveAttribute('data-same-page');
});

test('an open page shows the changes of a REST client at once', async ({ signIn, client }) => {
  const page = await signIn('alice');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  await expect(environments.row('Sized page').status).toHaveText('Healthy');
  const alice = await client('alice');

  await alice.get('/run/webterm');
  await expect(environments.row('Web terminal').status).toHaveText('Healthy');
  await expect(new CatalogPage(page).quota).toContainText('2 of 5 in use');
  await alice.delete('/run/sized');
  await expect(environments.row('Sized page').row).toBeHidden();
});

test('an environment opens in a new tab', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('alice');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const opened = page.context().waitForEvent('page');
  await environments.row('Sized page').open.click();
  const tab = await opened;
  await expect(tab.getByRole('heading', { level: 1 })).toHaveText('Hello!');
});

test('the catalog shows that the quota is used up', async ({ signIn, client, dploy }) => {
  const alice = await client('alice');
  for (const name of ['extra-1', 'extra-2', 'extra-3', 'extra-4']) {
    await addTemplate(dploy, name);
    await expect.poll(async () => (await alice.get(`/run/${name}`)).status).toBe(200);
  }
  const page = await signIn('alice');
  await expect(new CatalogPage(page).quota).toContainText('5 of 5 in use');
  const card = new CatalogPage(page).card('Web terminal');
  await expect(card.getByRole('button', { name: 'Limit reached' })).toBeDisabled();
});
