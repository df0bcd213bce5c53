/** What a page's connections send, those to people and the one to the server. The page remembers them by `installPicker`. */
import type { Page } from '@playwright/test';
import type {} from './files.js';

/** Packets of sound and pictures that were sent so far, over connections to people and over the one to the server. */
export interface Sent {
  direct: number;
  hub: number;
}

/** What was sent until now. A connection with sections that only receive is the one to the server. */
export function sent(page: Page): Promise<Sent> {
  return page.evaluate(async () => {
    const total: Sent = { direct: 0, hub: 0 };
    for (const connection of window.connections.filter(({ connectionState }) => connectionState !== 'closed')) {
      const isHub = connection.getTransceivers().some(({ direction }) => direction === 'recvonly');
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'outbound-rtp') {
          total[isHub ? 'hub' : 'direct'] += report.packetsSent;
        }
      }
    }
    return total;
  });
}

/** How many connections to people stand, whether anything is sent over them or not. */
export function standing(page: Page): Promise<number> {
  return page.evaluate(() => {
    const standing = window.connections.filter(({ connectionState }) => connectionState === 'connected');
    const isHub = (connection: RTCPeerConnection) => connection.getTransceivers().some(({ direction }) => direction === 'recvonly');
    return standing.filter((connection) => !isHub(connection)).length;
  });
}
