/**
 * One Linux network namespace: a machine of the lab, as far as networking goes.
 *
 * Its name tells which process made it, so that what a crashed run left behind is found and removed by the next one.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loss, routerRules } from './router.js';

const PREFIX = 'visavis-lab-';

/** The environment variable that says why namespaces are impossible, where they are. */
export const OBSTACLE = 'VISAVIS_LAB_OBSTACLE';

/** Command and arguments of a program that runs in a namespace. */
export type Command = [program: string, ...parameters: string[]];

function run(program: string, parameters: string[], input = ''): string {
  return execFileSync(program, parameters, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

export class Namespace {
  private static made = 0;

  private constructor(readonly name: string) {}

  /** A namespace that has a loopback interface and nothing else. */
  static create(role: string): Namespace {
    Namespace.made += 1;
    const namespace = new Namespace(`${PREFIX}${process.pid}-${Namespace.made}-${role}`);
    run('ip', ['netns', 'add', namespace.name]);
    // A link-local address that appears after a while is a change of networks to browsers.
    namespace.run(`
      ip link set lo up
      echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad`);
    return namespace;
  }

  /**
   * Why there can be no lab here, or nothing where there can: root may be kept from making namespaces, or the kernel may lack
   * what they are furnished with. Throws where `ip` is not installed.
   */
  static obstacle(): string | undefined {
    if (process.getuid?.() !== 0) {
      return 'only root may make network namespaces';
    }
    try {
      Namespace.furnish();
      return undefined;
    } catch (error) {
      const { status, stderr } = error as { status?: number | null; stderr?: string };
      if (typeof status !== 'number') {
        throw error;
      }
      return `this system cannot make a network of namespaces (${stderr?.trim()})`;
    }
  }

  /** Makes one with everything that the lab uses, and removes it. */
  private static furnish(): void {
    const trial = Namespace.create('trial');
    try {
      trial.run(`
        ip link add wan type veth peer name lan
        tc qdisc add dev wan root tbf rate 300kbit burst 8kb latency 300ms`);
      trial.nft(routerRules('home', 'no UDP'));
      trial.nft(loss(5));
    } finally {
      trial.dispose();
    }
  }

  /** Removes the namespaces of runs that are no more, with whatever still runs in them. */
  static removeLeftovers(): void {
    const names = run('ip', ['netns', 'list']).split('\n').map((line) => line.split(' ')[0]!);
    for (const name of names.filter((candidate) => candidate.startsWith(PREFIX))) {
      const maker = Number(name.slice(PREFIX.length).split('-')[0]);
      if (maker === process.pid || !isAlive(maker)) {
        new Namespace(name).dispose();
      }
    }
  }

  /** Runs lines of shell in it and returns what they print; the first one that fails throws. */
  run(script: string): string {
    return run('ip', ['netns', 'exec', this.name, 'sh', '-euc', script]);
  }

  /** Loads rules of nftables. */
  nft(rules: string): void {
    run('ip', ['netns', 'exec', this.name, 'nft', '-f', '-'], rules);
  }

  /** How a program is started in it. */
  command(program: string): Command {
    return ['ip', 'netns', 'exec', this.name, program];
  }

  /** A program's double in a folder, which runs in this namespace. */
  wrap(program: string, folder: string): string {
    const path = join(folder, this.name);
    writeFileSync(path, `#!/bin/sh\nexec ${this.command(program).join(' ')} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Removes it, after ending what runs in it. */
  dispose(): void {
    const processes = run('ip', ['netns', 'pids', this.name]).split('\n').filter(Boolean).map(Number);
    for (const id of processes) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        continue;
      }
    }
    run('ip', ['netns', 'delete', this.name]);
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
