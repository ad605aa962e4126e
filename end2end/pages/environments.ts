import { type Locator, type Page, expect } from '@playwright/test';
import { hydrated } from '../support/hydrated.js';

/** What the visitor has running. */
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

/** One environment. */
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

  /** Asks for the deletion; the answer is for the test to give. */
  async askToDelete(): Promise<{ confirm: Locator; keep: Locator; question: Locator }> {
    await this.row.getByRole('link', { name: `Delete ${this.name}` }).click();
    const question = this.page.getByRole('dialog', { name: `Delete ${this.name}?` });
    return {
      question,
      confirm: question.getByRole('button', { name: 'Delete' }),
      keep: question.getByRole('button', { name: 'Keep it' }),
    };
  }

  /** The seconds that are left, read off the countdown. */
  async secondsLeft(): Promise<number> {
    const face = await this.countdown.innerText();
    return face.split(':').reduce((sum, digits) => sum * 60 + Number(digits), 0);
  }
}
