import type { BrowserContext } from '@playwright/test';
import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';

/** The part of the environment itself: nothing answers in pods that have no containers. */
async function answered(context: BrowserContext): Promise<void> {
  await context.route(/^http:\/\/[a-z-]+-[0-9a-f]{8}\.localhost\//, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Environment</title><h1>It answers</h1>' }),
  );
}

test('launched in a browser, it becomes Healthy and opens', async ({ signIn }) => {
  const page = await signIn('alice');
  await answered(page.context());
  const form = await new CatalogPage(page).ask('Sized page');
  await form.field('size').selectOption('large');
  await form.submit.click();
  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost\//);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('It answers');
});

test('a warm one opens at once, and the pool is filled again', async ({ signIn, client, dploy }) => {
  const carol = await client('carol');
  const available = async () => {
    const { templates } = (await carol.get('/api/admin/templates')).body;
    return templates.find(({ name }: { name: string }) => name === 'webterm-warm').available;
  };
  await expect.poll(available, { timeout: 30_000 }).toBe(2);
  const page = await signIn('alice');
  await answered(page.context());
  await new CatalogPage(page).launch('Web terminal, warm');
  await expect(page).toHaveURL(/^http:\/\/webterm-warm-[0-9a-f]{8}\.localhost\//);
  await page.goto(dploy.url);
  await expect(new CatalogPage(page).card('Web terminal, warm').getByRole('link', { name: 'Open' })).toBeVisible();
  await expect.poll(available, { timeout: 30_000 }).toBe(2);
});

test('a team sees what one of it launched', async ({ signIn }) => {
  const alice = await signIn('alice');
  await answered(alice.context());
  await new CatalogPage(alice).launch('Team desk');
  await expect(alice).toHaveURL(/^http:\/\/team-desk-[0-9a-f]{8}\.localhost\//);
  const environments = new EnvironmentsPage(await signIn('bob'));
  await environments.goto();
  await expect(environments.row('Team desk').row).toContainText('blue');
});
