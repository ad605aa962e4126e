import { type Page, expect } from '@playwright/test';

/** Waits until the web app is hydrated. Without JavaScript, it returns at once. */
export async function hydrated(page: Page): Promise<void> {
  if (await scripting(page)) await expect(page.locator('html')).toHaveAttribute('data-hydrated');
}

/** Whether the page may run scripts. `evaluate` itself always works. */
function scripting(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches);
}
