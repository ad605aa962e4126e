import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

export interface Program {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** The line that the program prints when it is ready. `start` returns its first group as `told`. */
  ready?: RegExp;
}

/** A program that runs until it is stopped. */
export class Child {
  private readonly ended: Promise<void>;

  private constructor(
    private readonly process: ChildProcess,
    /** The last lines of its output. */
    private readonly lines: string[],
  ) {
    this.ended = new Promise((done) => process.once('exit', () => done()));
  }

  /** Starts a program and waits until it is ready. */
  static async start({ command, args, env, ready }: Program): Promise<{ child: Child; told: string }> {
    const process = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const child = new Child(process, lines);
    const told = new Promise<string>((done, fail) => {
      const giveUp = (why: string) => {
        process.kill('SIGKILL');
        fail(new Error(`${command} ${args.join(' ')} ${why}. Its output:\n${lines.join('\n')}`));
      };
      if (!ready) process.once('spawn', () => done(''));
      const late = ready && setTimeout(() => giveUp(`was not ready within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
      const listen = (line: string) => {
        lines.push(line);
        if (lines.length > 1000) lines.shift();
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

  /** The last lines of its output. */
  output(): string {
    return this.lines.join('\n');
  }

  forgetOutput(): void {
    this.lines.length = 0;
  }

  /** Stops it with SIGTERM, and with SIGKILL after STOP_TIMEOUT_MS. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    this.process.kill('SIGTERM');
    await this.gone();
    clearTimeout(late);
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone();
  }

  private async gone(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.ended;
  }
}
