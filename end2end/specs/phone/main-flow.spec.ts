import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { type Page, expect, test } from '../../support/fixtures.js';

test('the main flow works on a phone without horizontal scrolling', { tag: '@workload' }, async ({ signIn, client }) => {
  const page = await signIn('alice');
  await fits(page);
  const form = await new CatalogPage(page).openForm('Sized page');
  await expect(form.dialog).toBeVisible();
  await fits(page);
  await form.field('size').selectOption('small');
  await form.submit.tap();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hello!');
  await (await client('alice')).get('/run/team-desk');

  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const row = environments.row('Sized page');
  await expect(row.status).toHaveText('Healthy');
  await fits(page);
  await row.extend.tap();
  await expect(row.extend).toContainText('last one');
  const { confirm } = await row.askToDelete();
  await fits(page);
  await confirm.tap();
  await expect(row.row).toBeHidden();
});

test('the pages fit into 320 pixels', async ({ signIn, client }) => {
  await (await client('alice')).get('/run/nc-echo');
  const page = await signIn('alice');
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page);
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  await expect(environments.row('Echo over TCP').row).toBeVisible();
  await fits(page);
});

async function fits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, 'the width of the content').toBeLessThanOrEqual(window);
}
