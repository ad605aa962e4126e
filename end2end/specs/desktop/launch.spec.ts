import { connect } from 'node:net';
import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { TerminalPage } from '../../pages/terminal.js';
import { expect, test } from '../../support/fixtures.js';

test('a template with parameters asks for them and runs with them', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('alice');
  const form = await new CatalogPage(page).ask('Sized page');
  await expect(form.dialog).toBeVisible();
  await form.field('size').selectOption('large');
  await form.field('greeting').fill('Good morning');
  await form.submit.click();

  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost:/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Good morning!');
  await expect(page.getByText('large', { exact: true })).toBeVisible();
});

test('a value that is not accepted is refused where it was typed', async ({ signIn, complaints }) => {
  complaints.expect(/status of 400/);
  const page = await signIn('alice');
  const form = await new CatalogPage(page).ask('Sized page');
  await form.field('greeting').fill('a: b');
  await form.field('greeting').evaluate((field: HTMLInputElement) => field.removeAttribute('pattern'));
  await form.submit.click();
  await expect(form.dialog.getByRole('alert')).toContainText('greeting');
  await expect(form.field('greeting')).toHaveValue('a: b');
});

test('the dialog goes with Escape and gives the focus back', async ({ signIn }) => {
  const page = await signIn('alice');
  const form = await new CatalogPage(page).ask('Sized page');
  await expect(form.field('size')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form.dialog).toBeHidden();
  await expect(page.getByRole('link', { name: 'Launch Sized page with parameters' })).toBeFocused();
});

test('a terminal is a real shell', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('alice');
  await new CatalogPage(page).launch('Web terminal');
  await expect(page).toHaveURL(/^http:\/\/webterm-[0-9a-f]{8}\.localhost:/);

  const terminal = new TerminalPage(page);
  await terminal.ready();
  await terminal.run('echo answer=$((6*7))');
  await expect(terminal.screen).toContainText('answer=42');
  await terminal.run("printf 'gr\\303\\274n\\n'");
  await expect(terminal.screen).toContainText('grün');
  await terminal.run('exit');
  await expect(page.getByRole('button', { name: 'New shell' })).toBeVisible();
});

test('a warm one is claimed at once and opens from the catalog', { tag: '@workload' }, async ({ signIn, client, dploy }) => {
  const warm = async () => {
    const { templates } = (await (await client('carol')).get('/api/admin/templates')).body;
    return templates.find(({ name }: { name: string }) => name === 'webterm-warm').available;
  };
  await expect.poll(warm).toBe(2);
  const page = await signIn('alice');
  const catalog = new CatalogPage(page);
  await expect(catalog.card('Web terminal, warm')).toContainText('2 ready now');
  await catalog.launch('Web terminal, warm');
  await new TerminalPage(page).ready();

  await page.goto(dploy.url);
  await expect(catalog.card('Web terminal, warm').getByRole('link', { name: 'Open' })).toBeVisible();
  await expect(catalog.quota).toContainText('1 of 5 in use');
});

test('an environment that is no page shows the command that reaches it', { tag: '@workload' }, async ({ signIn, client }) => {
  const page = await signIn('alice');
  await new CatalogPage(page).launch('Echo over TCP');
  await expect(page.getByText('It runs. This command reaches it:')).toBeVisible();

  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const row = environments.row('Echo over TCP').row;
  await expect(row.getByRole('button', { name: 'Copy command' })).toBeEnabled();
  const command = (await (await client('alice')).find('nc-echo'))?.connectionMessage ?? '';
  await expect(row).toContainText(command);
  expect(await echoed(command, 'hello there')).toBe('hello there');
});

/** What comes back over TCP from where an `nc` command would go. */
function echoed(command: string, line: string): Promise<string> {
  const [, host, port] = /^nc (\S+) (\d+)$/.exec(command) ?? [];
  return new Promise((done, fail) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(`${line}\n`));
    let heard = '';
    socket.setEncoding('utf8');
    socket.once('error', fail);
    socket.on('data', (text: string) => {
      heard += text;
      const found = heard.split('\n').map((each) => each.trim()).find((each) => each === line);
      if (found) {
        socket.destroy();
        done(found);
      }
    });
  });
}
