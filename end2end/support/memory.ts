/** What a page keeps in memory: only what is left after a collection tells of the program, all else of the moment. */
import type { Person } from './person.js';

/** Bytes that a person's page keeps, its objects and the contents of its buffers. */
export async function memoryOf(person: Person): Promise<number> {
  const session = await person.page.context().newCDPSession(person.page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize + backingStorageSize;
}
