import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The path in CHROMIUM_PATH, or the system's browser. Undefined selects Playwright's download. */
function chromium(): string | undefined {
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return process.env.CHROMIUM_PATH ?? system.find((path) => existsSync(path));
}

/** Whether the tests run on a real cluster. Its pods run no containers: @workload tests are skipped. */
const onCluster = !!process.env.DPLOY_CLUSTER_KUBECONFIG;
const wide = { width: 1280, height: 800 };

// Each worker starts its own Dploy: support/dploy.ts, or cluster/installation.ts when
// DPLOY_CLUSTER_KUBECONFIG names a cluster. So workers do not see each other's objects.
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  fullyParallel: false,
  grepInvert: onCluster ? /@workload/ : undefined,
  workers: onCluster ? 1 : 2,
  retries: 0,
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: wide,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    ...(onCluster ? [{ name: 'cluster', testMatch: 'cluster/*.spec.ts' }] : []),
    { name: 'rest', testMatch: 'rest/*.spec.ts' },
    { name: 'desktop', testMatch: ['desktop/*.spec.ts', 'looks/*.spec.ts'] },
    {
      name: 'phone',
      testMatch: ['phone/*.spec.ts', 'looks/*.spec.ts'],
      use: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    },
    { name: 'no-js', testMatch: 'no-js/*.spec.ts', use: { javaScriptEnabled: false } },
  ],
});
