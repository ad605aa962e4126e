import { type Locator, type Page, expect } from '@playwright/test';
import { hydrated } from '../support/hydrated.js';
import type { Person } from '../support/people.js';

/** The sign-in: the link in the bar, then the provider's page with a button for each person. */
export class SignInPage {
  readonly link: Locator;

  constructor(private readonly page: Page) {
    this.link = page.getByRole('banner').getByRole('link', { name: 'Sign in' });
  }

  async signInAs(person: Person): Promise<void> {
    await this.link.click();
    await this.choose(person);
  }

  /** Chooses a person on the provider's page. */
  async choose(person: Person): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(person, 'i') }).click();
    await expect(this.account(person)).toBeVisible();
    await hydrated(this.page);
  }

  account(person: Person): Locator {
    return this.page.getByRole('banner').locator('summary', { hasText: `Account of ${person}` });
  }

  async signOut(person: Person): Promise<void> {
    await this.account(person).click();
    await this.page.getByRole('link', { name: 'Sign out' }).click();
    await expect(this.link).toBeVisible();
  }
}
