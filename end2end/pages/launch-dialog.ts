import type { Locator, Page } from '@playwright/test';

/** The dialog with a template's parameter form. */
export class LaunchDialog {
  readonly dialog: Locator;
  readonly cancel: Locator;
  readonly submit: Locator;

  constructor(page: Page, name: string) {
    this.dialog = page.getByRole('dialog', { name: `Launch ${name}` });
    this.cancel = this.dialog.getByRole('button', { name: 'Cancel' });
    this.submit = this.dialog.getByRole('button', { name: 'Launch', exact: true });
  }

  field(name: string): Locator {
    return this.dialog.getByLabel(new RegExp(`^${name}`));
  }
}
