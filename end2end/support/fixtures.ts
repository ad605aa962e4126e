import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { CatalogPage } from '../pages/catalog.js';
import { SignInPage } from '../pages/sign-in.js';
import { Client } from './client.js';
import { Installation } from '../cluster/installation.js';
import { Dploy } from './dploy.js';
import { EVERYBODY, type Person } from './people.js';
import type { Site } from './site.js';

/** The admin's kubeconfig of a cluster to test in; without, every worker has a `dploy dev`. */
const KUBECONFIG = process.env.DPLOY_CLUSTER_KUBECONFIG;

interface Fixtures {
  /** What the browser complained about and the test did not announce: has to stay empty. */
  complaints: Complaints;
  /** Signs somebody in by clicks, in a browser context of their own, and shows the catalog. */
  signIn: (person: Person) => Promise<Page>;
  /** A REST client of somebody. */
  client: (person: Person) => Promise<Client>;
  /** Announces what every test without JavaScript provokes. */
  unused: void;
  /** Deletes what the test launched, so that the next one starts with nothing. */
  cleanUp: void;
}

interface WorkerFixtures {
  /** The Dploy of this worker. */
  dploy: Site;
}

/** Collects console errors, uncaught exceptions and violations of the content security policy. */
class Complaints {
  private readonly heard: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Announces what this test provokes on purpose. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      const bad = ['error', 'warning'].includes(message.type());
      if (bad) this.hear(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.hear(`exception: ${error.error().message}`));
  }

  private hear(complaint: string): void {
    this.heard.push(complaint);
  }

  unexpected(): string[] {
    return this.heard.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
  }
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  dploy: [
    async ({}, use) => {
      const dploy = KUBECONFIG ? await Installation.start(KUBECONFIG) : await Dploy.start();
      await use(dploy);
      await dploy.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ dploy }, use) => use(dploy.url),

  complaints: [
    async ({}, use) => {
      const complaints = new Complaints();
      await use(complaints);
      expect(complaints.unexpected(), 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],

  // Without JavaScript nobody uses the module that the page preloads for everybody else.
  unused: [
    async ({ complaints, javaScriptEnabled }, use) => {
      if (javaScriptEnabled === false) complaints.expect(/was preloaded using link preload but not used/);
      await use();
    },
    { auto: true },
  ],

  context: async ({ context, complaints }, use) => {
    complaints.watch(context);
    await use(context);
  },

  signIn: async ({ browser, complaints, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (person) => {
      const context = await browser.newContext({ baseURL });
      contexts.push(context);
      complaints.watch(context);
      const page = await context.newPage();
      await new CatalogPage(page).goto();
      await new SignInPage(page).signInAs(person);
      return page;
    });
    for (const context of contexts) await context.close();
  },

  client: async ({ dploy }, use) => use((person) => Client.of(dploy, person)),

  cleanUp: [
    async ({ dploy }, use) => {
      await use();
      const clients = await Promise.all(EVERYBODY.map((person) => Client.of(dploy, person)));
      for (const client of clients) await deleteEverything(client);
      await expect.poll(() => remaining(clients), { message: 'environments left', timeout: 30_000 }).toBe(0);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
export type { Page } from '@playwright/test';

async function deleteEverything(client: Client): Promise<void> {
  const { environments } = await client.list();
  for (const { name, status } of environments) {
    if (status !== 'Deleting') await client.delete(`/run/${name}`);
  }
}

async function remaining(clients: Client[]): Promise<number> {
  const lists = await Promise.all(clients.map((client) => client.list()));
  return lists.reduce((sum, { count }) => sum + count, 0);
}
