/** How Chromium is started: headless, with fake devices, and asking nobody on the network for anything. */
import type { LaunchOptions } from '@playwright/test';

/** A host name that leads to this machine without being a secure context, as `localhost` would be. */
export const INSECURE_HOST = 'visavis.test';

/** Grants every request for a camera or a microphone without asking. */
export const GRANT_DEVICES = '--use-fake-ui-for-media-stream';

/** The browser under test and its flags; `CHROMIUM` names another one. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    GRANT_DEVICES,
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  ],
};
