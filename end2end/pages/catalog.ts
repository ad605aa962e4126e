import { type Locator, type Page, expect } from '@playwright/test';
import { hydrated } from '../support/hydrated.js';
import { LaunchDialog } from './launch-dialog.js';

/** The catalog page. */
export class CatalogPage {
  readonly search: Locator;
  readonly cards: Locator;
  readonly quota: Locator;

  constructor(readonly page: Page) {
    this.search = page.getByRole('searchbox', { name: 'Search templates' });
    this.cards = page.getByTestId('catalog').getByRole('listitem');
    this.quota = page.getByRole('banner').getByTestId('quota');
  }

  async goto(): Promise<void> {
    await this.page.goto('/');
    await hydrated(this.page);
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('What do you want to run?');
  }

  card(name: string): Locator {
    return this.page.getByRole('listitem', { name, exact: true });
  }

  /** Launches a template without parameters. */
  async launch(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Launch ${name}`, exact: true }).click();
  }

  /** Opens the parameter form of a template. */
  async openForm(name: string): Promise<LaunchDialog> {
    await this.page.getByRole('link', { name: `Launch ${name} with parameters` }).click();
    return new LaunchDialog(this.page, name);
  }

  async chooseCategory(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Category' }).getByRole('link', { name, exact: true }).click();
  }
}
