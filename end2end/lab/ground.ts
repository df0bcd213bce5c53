/**
 * Before the first test: finds out whether the lab can be at all, and removes what a crashed run left on the ground.
 *
 * Where it cannot be, every test is skipped, and that is said so loudly that nobody takes it for a success.
 */
import { Namespace, OBSTACLE } from './namespace.js';

export default function prepare(): () => void {
  const obstacle = Namespace.obstacle();
  if (obstacle) {
    process.env[OBSTACLE] = obstacle;
    const line = '!'.repeat(100);
    console.error(
      `\n${line}\n!! THE NETWORK LAB IS SKIPPED: ${obstacle}.\n` +
        `!! Nothing was tried across NATs, firewalls and failing networks. Run as root on Linux to try it.\n${line}\n`,
    );
    return () => undefined;
  }
  Namespace.removeLeftovers();
  return () => Namespace.removeLeftovers();
}
