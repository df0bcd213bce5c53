/** The frequency of a tone in Hz, by the time between its crossings of zero; undefined for silence. */
export function pitch(samples, rate) {
  if (!samples.some((sample) => sample > 300)) {
    return undefined;
  }
  const rises = [];
  for (let at = 1; at < samples.length; at += 1) {
    if (samples[at - 1] < 0 && samples[at] >= 0) {
      rises.push(at);
    }
  }
  const periods = rises.slice(1).map((rise, index) => rise - rises[index]);
  const usual = [...periods].sort((one, other) => one - other)[periods.length >> 1];
  const steady = periods.filter((period) => Math.abs(period - usual) <= usual / 5);
  return usual && Math.round((rate * steady.length) / steady.reduce((sum, period) => sum + period, 0));
}
