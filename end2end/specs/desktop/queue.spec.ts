import { EnvironmentsPage } from '../../pages/environments.js';
import { expect, test } from '../../support/fixtures.js';
import { addTemplate } from '../../support/templates.js';

const POOL = { method: 'pool', pool: { size: 1, maxSize: 1, whenEmpty: 'queue' } };

test('who finds a pool empty waits in a queue, sees the place, and is served', async ({ dploy, signIn, client }) => {
  // Not in the catalog, whose cards other tests count.
  await addTemplate(dploy, 'only-seat', { displayName: 'Only seat', visible: false, ...POOL });
  const alice = await client('alice');
  await alice.get('/run/only-seat');
  await expect.poll(async () => (await alice.find('only-seat'))?.status, { timeout: 30_000 }).toBe('Healthy');

  const page = await signIn('bob');
  await page.goto('/run/only-seat');
  await expect(page.getByText('Waiting in the queue')).toBeVisible();
  const environments = new EnvironmentsPage(page);
  await environments.goto();
  const { row, status } = environments.row('Only seat');
  await expect(row.getByTestId('waiting')).toHaveText(/^Waiting: place 1/);

  await alice.delete('/run/only-seat');
  await expect(status).toHaveText('Healthy', { timeout: 30_000 });
  await expect(row.getByTestId('waiting')).toBeHidden();
});
