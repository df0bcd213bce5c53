/**
 * Spares the machine what no test of a disguised device needs: the processing of the fake microphone's sound, and two thirds of
 * the fake camera's pictures.
 */
import type { Page } from '@playwright/test';

/** Runs in the page, after the disguise. */
function spare(): void {
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  const [plain, slow] = [{ echoCancellation: false, noiseSuppression: false, autoGainControl: false }, { frameRate: 10 }];
  const spared = (asked: boolean | MediaTrackConstraints | undefined, sparing: MediaTrackConstraints) =>
    asked ? { ...(asked === true ? {} : asked), ...sparing } : asked;
  devices.getUserMedia = (asked) => capture({ ...asked, audio: spared(asked?.audio, plain), video: spared(asked?.video, slow) });
}

/** Puts it into what this page opens from now on. */
export async function spareDevices(page: Page): Promise<void> {
  await page.addInitScript(spare);
}
