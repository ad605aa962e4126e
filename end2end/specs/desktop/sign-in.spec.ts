import { SignInPage } from '../../pages/sign-in.js';
import { expect, test } from '../../support/fixtures.js';

test('a sign-in returns to the catalog and leaves no token that a script can read', async ({ signIn }) => {
  const page = await signIn('alice');

  await expect(page).toHaveURL((url) => url.pathname === '/' && url.hash === '');
  const readable = await page.evaluate(() => `${document.cookie} ${JSON.stringify({ ...localStorage, ...sessionStorage })}`);
  expect(readable).not.toContain('eyJ');
  const cookies = await page.context().cookies();
  const session = cookies.filter(({ name }) => /session/.test(name));
  expect(session).not.toHaveLength(0);
  for (const cookie of session) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
});

test('a sign-in returns to the page it was started from', async ({ page }) => {
  await page.goto('/environments');
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await new SignInPage(page).signInAs('bob');
  await expect(page).toHaveURL('/environments');
  await expect(page.getByRole('heading', { name: 'Nothing running yet' })).toBeVisible();
});

test('a sign-out ends the session', async ({ signIn }) => {
  const page = await signIn('alice');
  await new SignInPage(page).signOut('alice');
  await page.goto('/environments');
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
});

test('a link of another site asks before it signs out', async ({ signIn }) => {
  const page = await signIn('alice');
  await page.route('http://elsewhere.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${new URL('/auth/logout', page.url())}">Win a prize</a>` }),
  );
  const home = page.url();
  await page.goto('http://elsewhere.test/');
  await page.getByRole('link', { name: 'Win a prize' }).click();
  await expect(page.getByRole('heading', { name: 'Do you want to sign out?' })).toBeVisible();
  await page.goto(home);
  await expect(new SignInPage(page).account('alice')).toBeVisible();
});

test('a launch link signs in and then launches', { tag: '@workload' }, async ({ page }) => {
  await page.goto('/run/sized?size=large&greeting=Moin');
  await page.getByRole('button', { name: /alice/i }).click();
  await expect(page).toHaveURL(/^http:\/\/sized-[0-9a-f]{8}\.localhost:/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Moin!');
});

test('a failed sign-in shows the reason and a link to try again', async ({ page, complaints }) => {
  complaints.expect(/status of 400/);
  await page.goto('/auth/callback?code=made-up&state=made-up');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('This sign-in was not started here, or it took too long');
  await expect(page.getByRole('link', { name: 'Sign in again' })).toBeVisible();
});
