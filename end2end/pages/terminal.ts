import { type Locator, type Page, expect } from '@playwright/test';

/** The page of the samples `webterm` and `webterm-warm`. */
export class TerminalPage {
  readonly screen: Locator;
  readonly state: Locator;

  constructor(readonly page: Page) {
    this.screen = page.locator('.xterm-rows');
    this.state = page.getByText('Connected', { exact: true });
  }

  /** Waits until the shell accepts input. */
  async ready(): Promise<void> {
    await expect(this.state).toBeVisible();
    await expect(this.screen).toContainText(/[$#]/);
  }

  async run(command: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Terminal input' }).pressSequentially(command);
    await this.page.keyboard.press('Enter');
  }
}
