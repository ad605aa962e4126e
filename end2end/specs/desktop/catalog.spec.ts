import { CatalogPage } from '../../pages/catalog.js';
import { hydrated } from '../../support/hydrated.js';
import { expect, test } from '../../support/fixtures.js';

const SAMPLES = ['Echo over TCP', 'Sized page', 'Team desk', 'Web terminal', 'Web terminal, warm'];

test('the catalog shows every template, with a link to sign in', async ({ page }) => {
  const catalog = new CatalogPage(page);
  await catalog.goto();
  await expect(catalog.cards.getByRole('heading')).toHaveText(SAMPLES);
  await expect(catalog.card('Web terminal').getByRole('link', { name: 'Sign in to launch' })).toBeVisible();
});

test('a search filters the cards and is kept in the address', async ({ signIn }) => {
  const page = await signIn('alice');
  const catalog = new CatalogPage(page);

  await page.keyboard.press('/');
  await expect(catalog.search).toBeFocused();
  await catalog.search.fill('size');
  await expect(catalog.cards).toHaveCount(1);
  await expect(catalog.card('Sized page')).toBeVisible();
  await expect(page).toHaveURL('/?q=size');

  await page.reload();
  await hydrated(page);
  await expect(catalog.search).toHaveValue('size');
  await expect(catalog.cards).toHaveCount(1);

  await catalog.search.press('Escape');
  await expect(catalog.cards).toHaveCount(SAMPLES.length);
});

test('a category filters the cards, and an empty result says what to do', async ({ page }) => {
  const catalog = new CatalogPage(page);
  await catalog.goto();
  await catalog.chooseCategory('Networking');
  await expect(catalog.cards).toHaveCount(1);
  await expect(catalog.card('Echo over TCP')).toBeVisible();

  await catalog.search.fill('no such thing');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await page.getByRole('link', { name: 'Show everything' }).click();
  await expect(catalog.cards).toHaveCount(SAMPLES.length);
});

test('an unknown address shows a page with status 404', async ({ page, complaints }) => {
  complaints.expect(/status of 404/);
  const response = await page.goto('/no/such/page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await page.getByRole('link', { name: 'Open the catalog' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What do you want to run?');
});

test('the chosen theme is stored', async ({ signIn }) => {
  const page = await signIn('alice');
  await page.getByRole('button', { name: 'Use dark colours' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Use light colours' })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the chosen theme is stored before the server responds', async ({ signIn }) => {
  const page = await signIn('alice');
  let requested = false;
  await page.route('**/*choose_theme*', () => { requested = true; });
  await page.getByRole('button', { name: 'Use dark colours' }).click();
  await expect.poll(() => requested).toBe(true);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
