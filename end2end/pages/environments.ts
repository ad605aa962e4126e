import { type Locator, type Page, expect } from '@playwright/test';
import { hydrated } from '../support/hydrated.js';

/** The page "My environments". */
export class EnvironmentsPage {
  readonly rows: Locator;
  readonly empty: Locator;

  constructor(readonly page: Page) {
    this.rows = page.getByTestId('environments').getByRole('listitem');
    this.empty = page.getByRole('heading', { name: 'Nothing running yet' });
  }

  async goto(): Promise<void> {
    await this.page.goto('/environments');
    await hydrated(this.page);
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('My environments');
  }

  row(name: string): EnvironmentRow {
    const heading = this.page.getByRole('heading', { level: 2, name });
    return new EnvironmentRow(this.page, this.rows.filter({ has: heading }), name);
  }
}

/** A row of the page "My environments". */
export class EnvironmentRow {
  readonly status: Locator;
  readonly countdown: Locator;
  readonly open: Locator;
  readonly extend: Locator;
  readonly limitReached: Locator;

  constructor(
    private readonly page: Page,
    readonly row: Locator,
    private readonly name: string,
  ) {
    this.status = row.getByTestId('status');
    this.countdown = row.getByTestId('countdown');
    this.open = row.getByRole('link', { name: 'Open' });
    this.extend = row.getByRole('button', { name: `Extend ${name}` });
    this.limitReached = row.getByRole('button', { name: 'Limit reached' });
  }

  /** Opens the confirmation of the deletion. */
  async askToDelete(): Promise<{ confirm: Locator; keep: Locator; dialog: Locator }> {
    await this.row.getByRole('link', { name: `Delete ${this.name}` }).click();
    const dialog = this.page.getByRole('dialog', { name: `Delete ${this.name}?` });
    return {
      dialog,
      confirm: dialog.getByRole('button', { name: 'Delete' }),
      keep: dialog.getByRole('button', { name: 'Keep it' }),
    };
  }

  /** The seconds left on the countdown. */
  async secondsLeft(): Promise<number> {
    const digits = await this.countdown.innerText();
    return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  }
}
