import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Who the development provider knows: alice and bob of team blue, carol of team red, an admin. */
export type Person = 'alice' | 'bob' | 'carol';

const BINARY = process.env.DPLOY_BIN ?? resolve(import.meta.dirname, '../../target/debug/dploy');
const READY = /Dploy is ready at (http:\/\/localhost:\d+)/;
const START_LIMIT = 20_000;
const STOP_LIMIT = 15_000;

/** A running `dploy dev` on a free port, with its data in a directory that goes with it. */
export class Dploy {
  private readonly tokens = new Map<Person, Promise<string>>();

  private constructor(
    readonly url: string,
    readonly kube: string,
    private readonly process: ChildProcess,
    private readonly dataDir: string,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Dploy> {
    const dataDir = await mkdtemp(join(tmpdir(), 'dploy-e2e-'));
    const kubePort = await freePort();
    const options = ['--port', '0', '--data-dir', dataDir, '--kube-port', String(kubePort)];
    const child = spawn(BINARY, ['dev', ...options], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await readyAt(child);
    return new Dploy(url, `http://127.0.0.1:${kubePort}`, child, dataDir);
  }

  /** An ID token, as `dploy token` prints it for programs. */
  token(person: Person): Promise<string> {
    const known = this.tokens.get(person) ?? this.printToken(person);
    this.tokens.set(person, known);
    return known;
  }

  private async printToken(person: Person): Promise<string> {
    const printed = await promisify(execFile)(BINARY, ['token', person, '--data-dir', this.dataDir]);
    return printed.stdout.trim();
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once('exit', done));
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_LIMIT);
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await ended;
    }
    clearTimeout(late);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** The address that the server prints once it answers; what it printed before, if it never does. */
function readyAt(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((done, fail) => {
    const giveUp = (why: string) => {
      child.kill('SIGKILL');
      fail(new Error(`dploy dev ${why}; it said:\n${said.join('\n')}`));
    };
    const late = setTimeout(() => giveUp(`was not ready within ${START_LIMIT} ms`), START_LIMIT);
    const listen = (line: string) => {
      said.push(line);
      const url = READY.exec(line)?.[1];
      if (url) {
        clearTimeout(late);
        done(url);
      }
    };
    for (const output of [child.stdout, child.stderr]) {
      if (output) createInterface({ input: output }).on('line', listen);
    }
    child.once('error', (error) => giveUp(`could not be started (${error.message})`));
    child.once('exit', (code) => giveUp(`ended with ${code}`));
  });
}

function freePort(): Promise<number> {
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
