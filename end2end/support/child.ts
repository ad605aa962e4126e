import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const START_LIMIT = 30_000;
const STOP_LIMIT = 15_000;

export interface Program {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** What it prints once it can be used, and its first group is what `start` tells; it need not print anything. */
  ready?: RegExp;
}

/** A program that runs until it is stopped. */
export class Child {
  private readonly ended: Promise<void>;

  private constructor(
    private readonly process: ChildProcess,
    /** What it printed last. */
    private readonly said: string[],
  ) {
    this.ended = new Promise((done) => process.once('exit', () => done()));
  }

  /** Starts it, and waits for what it prints when it is ready. */
  static async start({ command, args, env, ready }: Program): Promise<{ child: Child; told: string }> {
    const process = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    const child = new Child(process, said);
    const told = new Promise<string>((done, fail) => {
      const giveUp = (why: string) => {
        process.kill('SIGKILL');
        fail(new Error(`${command} ${args.join(' ')} ${why}; it said:\n${said.join('\n')}`));
      };
      if (!ready) process.once('spawn', () => done(''));
      const late = ready && setTimeout(() => giveUp(`was not ready within ${START_LIMIT} ms`), START_LIMIT);
      const listen = (line: string) => {
        said.push(line);
        if (said.length > 1000) said.shift();
        const found = ready?.exec(line);
        if (found) {
          clearTimeout(late);
          done(found[1] ?? '');
        }
      };
      for (const output of [process.stdout, process.stderr]) {
        if (output) createInterface({ input: output }).on('line', listen);
      }
      process.once('error', (error) => giveUp(`could not be started (${error.message})`));
      process.once('exit', (code) => giveUp(`ended with ${code}`));
    });
    return { child, told: await told };
  }

  /** The last lines that it printed. */
  output(): string {
    return this.said.join('\n');
  }

  forgetOutput(): void {
    this.said.length = 0;
  }

  /** Ends it as an orchestrator does: with patience, then without. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_LIMIT);
    this.process.kill('SIGTERM');
    await this.gone();
    clearTimeout(late);
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone();
  }

  private async gone(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.ended;
  }
}
