import { type Page, expect } from '@playwright/test';

/** Waits until the web app has taken the page over; without JavaScript it never does, and the page works as it is. */
export async function hydrated(page: Page): Promise<void> {
  if (await scripting(page)) await expect(page.locator('html')).toHaveAttribute('data-hydrated');
}

/** What the page itself is told: test code runs even where scripts of pages do not. */
function scripting(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches);
}
