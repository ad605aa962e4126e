import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { SignInPage } from '../../pages/sign-in.js';
import { expect, test } from '../../support/fixtures.js';

test('launch, extend and delete work without JavaScript', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('alice');
  await page.getByRole('link', { name: 'Launch Sized page with parameters' }).click();
  await page.getByLabel(/^size/).selectOption('medium');
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost:/);
  await expect(page.getByText('medium', { exact: true })).toBeVisible();

  const environments = new EnvironmentsPage(page);
  await environments.page.goto('/environments');
  const row = environments.row('Sized page');
  await expect(row.status).toHaveText('Healthy');
  await row.extend.click();
  await expect(page.getByTestId('notice')).toContainText('Extended.');
  await expect(row.extend).toContainText('last one');
  await row.extend.click();
  await expect(row.limitReached).toBeDisabled();

  await row.row.getByRole('link', { name: 'Delete Sized page' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Delete Sized page?');
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByTestId('notice')).toContainText('The environment is being deleted.');
  await expect(async () => {
    await environments.goto();
    await expect(environments.empty).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('one click launches a template without parameters', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('bob');
  await new CatalogPage(page).launch('Web terminal, warm');
  await expect(page).toHaveURL(/^http:\/\/webterm-warm-[0-9a-f]{8}\.localhost:/);
});

test('the search is a form', async ({ page }) => {
  const catalog = new CatalogPage(page);
  await catalog.goto();
  await catalog.search.fill('desk');
  await catalog.search.press('Enter');
  await expect(catalog.cards).toHaveCount(1);
  await expect(catalog.card('Team desk')).toBeVisible();
});

test('a value that does not match the pattern is kept and not sent', async ({ signIn }) => {
  const page = await signIn('alice');
  await page.goto('/run/sized?ask');
  await page.getByLabel(/^size/).selectOption('large');
  await page.getByLabel(/^greeting/).fill('no: colons');
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  // The browser does not send a value that does not match the field's pattern.
  await expect(page.getByLabel(/^greeting/)).toHaveValue('no: colons');
  await expect(page).toHaveURL('/run/sized?ask');
});

test('sign in and out', async ({ signIn }) => {
  const page = await signIn('carol');
  await new SignInPage(page).signOut('carol');
});
