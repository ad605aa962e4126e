import { connect } from 'node:net';
import { CatalogPage } from '../../pages/catalog.js';
import { EnvironmentsPage } from '../../pages/environments.js';
import { TerminalPage } from '../../pages/terminal.js';
import { expect, test } from '../../support/fixtures.js';

test('a template with parameters is launched from its form', { tag: '@workload' }, async ({ signIn }) => {
  const page = await signIn('alice');
  const form = await new CatalogPage(page).openForm('Sized page');
  await expect(form.dialog).toBeVisible();
  await form.field('size').selectOption('large');
  await form.field('greeting').fill('Good morning');
  await form.submit.click();

  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost:/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Good morning!');
  await expect(page.getByText('large', { exact: true })).toBeVisible();
});

test('a refused value shows its error beside the field', async ({ signIn, complaints }) => {
  complaints.expect(/status of 400/);
  const page = await signIn('alice');
  const form = await new CatalogPage(page).openForm('Sized page');
  await form.field('greeting').fill('a: b');
  await form.field('greeting').evaluate((field: HTMLInputElement) => field.removeAttribute('pattern'));
  await form.submit.click();
  await expect(form.dialog.getByRole('alert')).toContainText('greeting');
  await expect(form.field('greeting')).toHaveValue('a: b');
});

test('Escape closes the dialog and returns the focus', async ({ signIn }) => {
  const page = await signIn('alice');
  const form = await new CatalogPage(page).openForm('Sized page');
  await expect(form.field('size')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form.dialog).toBeHidden();
  await expect(page.getByRole('link', { name: 'Launch Sized page with parameters' })).toBeFocused();
});

test('a terminal runs a shell', { tag: '@workload' }, async ({ signIn }) => {
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

test('an unclaimed pool member is claimed at once and opens from the catalog', { tag: '@workload' }, async ({ signIn, client, dploy }) => {
  const available = async () => {
    const { templates } = (await (await client('carol')).get('/api/admin/templates')).body;
    return templates.find(({ name }: { name: string }) => name === 'webterm-warm').available;
  };
  await expect.poll(available).toBe(2);
  const page = await signIn('alice');
  const catalog = new CatalogPage(page);
  await expect(catalog.card('Web terminal, warm')).toContainText('2 ready now');
  await catalog.launch('Web terminal, warm');
  await new TerminalPage(page).ready();

  await page.goto(dploy.url);
  await expect(catalog.card('Web terminal, warm').getByRole('link', { name: 'Open' })).toBeVisible();
  await expect(catalog.quota).toContainText('1 of 5 in use');
});

test('an environment without a web page shows the command that connects to it', { tag: '@workload' }, async ({ signIn, client }) => {
  const page = await signIn('alice');
  await new CatalogPage(page).launch('Echo over TCP');
  await expect(page.getByText('The environment is running. Connect with this command:')).toBeVisible();

  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const row = environments.row('Echo over TCP').row;
  await expect(row.getByRole('button', { name: 'Copy command' })).toBeEnabled();
  const command = (await (await client('alice')).find('nc-echo'))?.connectionMessage ?? '';
  await expect(row).toContainText(command);
  expect(await echoed(command, 'hello there')).toBe('hello there');
});

test('a page of another site does not launch anything', async ({ signIn, dploy, client }) => {
  const page = await signIn('alice');
  await page.route('http://elsewhere.test/', (route) => {
    const body = `<script>location.href = '${dploy.url}/run/sized?size=large'</script>`;
    return route.fulfill({ contentType: 'text/html', body });
  });
  await page.goto('http://elsewhere.test/');
  await expect(page).toHaveURL(`${dploy.url}/run/sized?size=large&ask`);
  await expect(page.getByRole('button', { name: 'Launch' })).toBeVisible();
  expect((await (await client('alice')).list()).count).toBe(0);
});

/** Sends a line to the address of an `nc` command and returns the echoed line. */
function echoed(command: string, line: string): Promise<string> {
  const [, host, port] = /^nc (\S+) (\d+)$/.exec(command) ?? [];
  return new Promise((done, fail) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(`${line}\n`));
    let received = '';
    socket.setEncoding('utf8');
    socket.once('error', fail);
    socket.on('data', (text: string) => {
      received += text;
      const found = received.split('\n').map((it) => it.trim()).find((it) => it === line);
      if (found) {
        socket.destroy();
        done(found);
      }
    });
  });
}
