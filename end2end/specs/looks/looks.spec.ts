import { resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { type Page, expect, test } from '../../support/fixtures.js';

const SCREENSHOTS = resolve(import.meta.dirname, '../../screenshots');
const README_SCREENSHOT = resolve(import.meta.dirname, '../../../docs/screenshot.png');

for (const colorScheme of ['light', 'dark'] as const) {
  test(`accessibility and screenshots of both pages, ${colorScheme}`, async ({ signIn, client }, { project }) => {
    const alice = await client('alice');
    await alice.get('/run/webterm');
    await alice.get('/run/nc-echo');
    await alice.get('/run/team-desk');
    const page = await signIn('alice');
    // Animations would change the screenshots and the measured contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const screenshot = (name: string) => `${SCREENSHOTS}/${name}-${project.name}-${colorScheme}.png`;

    const environments = new EnvironmentsPage(page);
    await environments.goto();
    await expect(environments.rows.getByTestId('status')).toHaveText(['Healthy', 'Healthy', 'Healthy']);
    await page.screenshot({ path: screenshot('environments'), fullPage: true });
    await isAccessible(page);

    await new CatalogPage(page).goto();
    await expect(page.getByRole('link', { name: 'Open', exact: true })).toHaveCount(2);
    await page.screenshot({ path: screenshot('catalog'), fullPage: true });
    await isAccessible(page);
    if (process.env.README_SCREENSHOT && project.name === 'desktop' && colorScheme === 'light') {
      await page.screenshot({ path: README_SCREENSHOT });
    }

    const form = await new CatalogPage(page).openForm('Sized page');
    await expect(form.dialog).toBeVisible();
    await page.screenshot({ path: screenshot('form') });
    await isAccessible(page);
    await form.cancel.click();
  });
}

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found, 'accessibility').toEqual([]);
}
