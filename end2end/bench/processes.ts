/** The processor time of the pages' processes, as the browser counts it. */
import type { CDPSession } from '@playwright/test';

interface Processes {
  processInfo: { id: number; type: string; cpuTime: number }[];
}

/** Seconds of processor of every page's process so far, by its number. */
export async function processors(browser: CDPSession): Promise<Map<number, number>> {
  const { processInfo } = (await browser.send('SystemInfo.getProcessInfo')) as Processes;
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]));
}
