import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Child } from './child.js';
import type { Person } from './people.js';
import type { Site } from './site.js';

export const BINARY = process.env.DPLOY_BIN ?? resolve(import.meta.dirname, '../../target/debug/dploy');
const GREETING = ['sized', '--size=small', '--greeting=Hello'];

/** A running `dploy dev` on a free port. `stop` deletes its data directory. */
export class Dploy implements Site {
  readonly namespace = 'dploy-system';
  readonly workload = { engine: 'process', process: { command: 'dploy-samples', args: GREETING, healthPath: '/health' } };
  /** The workload does not serve this path. */
  readonly stuckWorkload = { engine: 'process', process: { command: 'dploy-samples', args: GREETING, healthPath: '/never' } };
  private readonly tokens = new Map<Person, Promise<string>>();

  private constructor(
    readonly url: string,
    readonly kube: string,
    private readonly child: Child,
    private readonly dataDir: string,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Dploy> {
    const dataDir = await mkdtemp(join(tmpdir(), 'dploy-e2e-'));
    const options = ['--port', '0', '--data-dir', dataDir, '--kube-port', '0'];
    const { child, told: url } = await Child.start({
      command: BINARY,
      args: ['dev', ...options],
      env: { ...process.env, ...settings },
      ready: /Dploy is ready at (http:\/\/localhost:\d+)/,
    });
    const [, kube = ''] = /server: "([^"]+)"/.exec(await readFile(join(dataDir, 'kubeconfig'), 'utf8')) ?? [];
    return new Dploy(url, kube, child, dataDir);
  }

  /** An ID token, as `dploy token` prints it. */
  token(person: Person): Promise<string> {
    const known = this.tokens.get(person) ?? this.printToken(person);
    this.tokens.set(person, known);
    return known;
  }

  private async printToken(person: Person): Promise<string> {
    const printed = await promisify(execFile)(BINARY, ['token', person, '--data-dir', this.dataDir]);
    return printed.stdout.trim();
  }

  variant(settings: Record<string, string>): Promise<Site> {
    return Dploy.start(settings);
  }

  async stop(): Promise<void> {
    await this.child.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}
