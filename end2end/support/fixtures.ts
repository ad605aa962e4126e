import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { CatalogPage } from '../pages/catalog.js';
import { SignInPage } from '../pages/sign-in.js';
import { Client } from './client.js';
import { Installation } from '../cluster/installation.js';
import { Dploy } from './dploy.js';
import { EVERYBODY, type Person } from './people.js';
import type { Site } from './site.js';

/** The admin's kubeconfig of the cluster under test. Without it, every worker starts `dploy dev`. */
const KUBECONFIG = process.env.DPLOY_CLUSTER_KUBECONFIG;

interface Fixtures {
  /** The errors of the browser's console. A test fails on each one that it does not expect. */
  complaints: Complaints;
  /** Signs a person in with clicks, in a new browser context, and returns the catalog page. */
  signIn: (person: Person) => Promise<Page>;
  /** A REST client with the token of a person. */
  client: (person: Person) => Promise<Client>;
  /** Expects the warning that every page without JavaScript causes. */
  unused: void;
  /** Deletes the environments of the test. */
  cleanUp: void;
}

interface WorkerFixtures {
  /** The Dploy of this worker. */
  dploy: Site;
}

/** Collects console errors, uncaught exceptions and violations of the content security policy. */
class Complaints {
  private readonly messages: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Expects an error that this test causes on purpose. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      const bad = ['error', 'warning'].includes(message.type());
      if (bad) this.add(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.add(`exception: ${error.error().message}`));
  }

  private add(complaint: string): void {
    this.messages.push(complaint);
  }

  unexpected(): string[] {
    return this.messages.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
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
      expect(complaints.unexpected(), 'unexpected errors in the browser').toEqual([]);
    },
    { auto: true },
  ],

  // Without JavaScript, the page preloads the WebAssembly module and does not use it.
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
