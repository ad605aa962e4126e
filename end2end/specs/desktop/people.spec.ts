import { EnvironmentsPage } from '../../pages/environments.js';
import { CatalogPage } from '../../pages/catalog.js';
import { expect, test } from '../../support/fixtures.js';

test('a user neither sees nor opens the environment of another user', { tag: '@workload' }, async ({ signIn, client, complaints }) => {
  const alice = await client('alice');
  await alice.get('/run/sized?size=small');
  await expect.poll(async () => (await alice.find('sized'))?.status).toBe('Healthy');
  const url = (await alice.find('sized'))?.url ?? '';

  const page = await signIn('bob');
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  await expect(environments.empty).toBeVisible();

  complaints.expect(/status of 404/);
  const response = await page.goto(url);
  expect(response?.status()).toBe(404);
  await expect(page.getByText('Hello!')).toBeHidden();
});

test('an environment asks an anonymous visitor to sign in, and then opens', { tag: '@workload' }, async ({ page, client }) => {
  const alice = await client('alice');
  await alice.get('/run/sized?size=small');
  await expect.poll(async () => (await alice.find('sized'))?.status).toBe('Healthy');
  const url = (await alice.find('sized'))?.url ?? '';

  await page.goto(url);
  await page.getByRole('button', { name: /alice/i }).click();
  await expect(page).toHaveURL((now) => now.host === new URL(url).host);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello!');
});

test('the members of a team share one environment', { tag: '@workload' }, async ({ signIn }) => {
  const alice = await signIn('alice');
  await new CatalogPage(alice).launch('Team desk');
  await expect(alice).toHaveURL(/^http:\/\/team-desk-[0-9a-f]{8}\.localhost:/);
  await alice.getByLabel('New note').fill('Lunch at noon?');
  await alice.getByRole('button', { name: 'Add note' }).click();
  await expect(alice.getByRole('list', { name: 'Notes' })).toContainText('Lunch at noon?');

  const bob = await signIn('bob');
  const environments = new EnvironmentsPage(bob);
  await environments.goto();
  const desk = environments.row('Team desk');
  await expect(desk.row).toContainText('blue');
  await expect(desk.row).toContainText(new URL(alice.url()).hostname);
  await bob.goto(alice.url());
  await expect(bob.getByRole('list', { name: 'Notes' })).toContainText('Lunch at noon?');

  const carol = await signIn('carol');
  const hers = new EnvironmentsPage(carol);
  await hers.goto();
  await expect(hers.empty).toBeVisible();
});
