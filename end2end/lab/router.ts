/** What a home's router does to packets, as rules of nftables. */

/**
 * How addresses are translated.
 *
 * - `home`: one inside port is one outside port, whoever is spoken to; packets come in only from whom one has spoken to.
 * - `symmetric`: another outside port for each destination; packets come in only from there.
 * - `none`: no translation; packets come in only from whom one has spoken to.
 */
export type Nat = 'home' | 'symmetric' | 'none';

/** What is let out. */
export type Filter = 'everything' | 'no UDP' | 'only port 443';

// Without the map a packet that arrives from a peer before one was sent there would take the port's place in the
// connection table, and the packet sent later would leave from another port: no home router does that.
const TRANSLATION: Record<Nat, string> = {
  home: `
    table ip nat {
      map inside { type inet_service : ipv4_addr; flags dynamic; size 65535; }
      chain prerouting {
        type nat hook prerouting priority dstnat;
        iifname "wan" meta l4proto udp dnat to udp dport map @inside
      }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "wan" meta l4proto udp update @inside { udp sport : ip saddr }
        oifname "wan" masquerade
      }
    }`,
  symmetric: `
    table ip nat {
      chain prerouting { type nat hook prerouting priority dstnat; }
      chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "wan" masquerade random
      }
    }`,
  none: '',
};

const REFUSED: Record<Filter, string> = {
  everything: '',
  'no UDP': 'meta l4proto udp drop',
  'only port 443': `
    meta l4proto udp drop
    oifname "wan" tcp dport != 443 drop`,
};

/** All rules of a router whose outside interface is `wan`. */
export function routerRules(nat: Nat, filter: Filter): string {
  return `
    ${TRANSLATION[nat]}
    table inet firewall {
      chain forward {
        type filter hook forward priority filter;
        ${REFUSED[filter]}
        iifname "wan" ct state != { established, related } drop
      }
      chain input {
        type filter hook input priority filter;
        iifname "wan" meta l4proto { tcp, udp } drop
      }
    }`;
}

/** Rules that lose packets at random, of both directions, in percent. */
export function loss(percent: number): string {
  return trouble(`numgen random mod 100 < ${percent} drop`);
}

/** Rules that swallow everything and tell nobody. */
export function blackout(): string {
  return trouble('drop');
}

/** Rules that swallow what belongs to these TCP connections, by their inside ports. */
export function swallow(ports: number[]): string {
  const set = `{ ${ports.join(', ')} }`;
  return trouble(`tcp sport ${set} drop\ntcp dport ${set} drop`);
}

/** Rules that end all trouble. */
export const PEACE = `
  table inet trouble
  delete table inet trouble`;

function trouble(rules: string): string {
  return `
    ${PEACE}
    table inet trouble {
      chain forward {
        type filter hook forward priority -10;
        ${rules}
      }
    }`;
}
