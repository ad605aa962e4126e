import type { BrowserContext } from '@playwright/test';
import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';

/** Answers in place of the environments, whose pods have no containers. */
async function stubEnvironments(context: BrowserContext): Promise<void> {
  await context.route(/^http:\/\/[a-z-]+-[0-9a-f]{8}\.localhost\//, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Environment</title><h1>It answers</h1>' }),
  );
}

test('an environment launched in a browser becomes Healthy and opens', async ({ signIn }) => {
  const page = await signIn('alice');
  await stubEnvironments(page.context());
  const form = await new CatalogPage(page).openForm('Sized page');
  await form.field('size').selectOption('large');
  await form.submit.click();
  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost\//);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('It answers');
});

test('a claimed pool member opens at once, and the pool is refilled', async ({ signIn, client, dploy }) => {
  const carol = await client('carol');
  const available = async () => {
    const { templates } = (await carol.get('/api/admin/templates')).body;
    return templates.find(({ name }: { name: string }) => name === 'webterm-warm').available;
  };
  await expect.poll(available, { timeout: 30_000 }).toBe(2);
  const page = await signIn('alice');
  await stubEnvironments(page.context());
  await new CatalogPage(page).launch('Web terminal, warm');
  await expect(page).toHaveURL(/^http:\/\/webterm-warm-[0-9a-f]{8}\.localhost\//);
  await page.goto(dploy.url);
  await expect(new CatalogPage(page).card('Web terminal, warm').getByRole('link', { name: 'Open' })).toBeVisible();
  await expect.poll(available, { timeout: 30_000 }).toBe(2);
});

test('a team sees the environment that a member launched', async ({ signIn }) => {
  const alice = await signIn('alice');
  await stubEnvironments(alice.context());
  await new CatalogPage(alice).launch('Team desk');
  await expect(alice).toHaveURL(/^http:\/\/team-desk-[0-9a-f]{8}\.localhost\//);
  const environments = new EnvironmentsPage(await signIn('bob'));
  await environments.goto();
  await expect(environments.row('Team desk').row).toContainText('blue');
});
