/** Who takes part in the tests, and how each is told apart: a colour to be seen by and a tone to be heard by. */

export interface Persona {
  name: string;
  /** Red, green and blue, 0–255. */
  colour: [number, number, number];
  /** Hz. */
  tone: number;
}

/** Far enough apart in colour and in tone that no codec confuses two of them. */
export const PERSONAS: readonly Persona[] = [
  { name: 'Ada', colour: [205, 40, 40], tone: 410 },
  { name: 'Bob', colour: [30, 70, 205], tone: 560 },
  { name: 'Cleo', colour: [30, 150, 50], tone: 740 },
  { name: 'Dan', colour: [215, 190, 40], tone: 950 },
  { name: 'Eve', colour: [175, 40, 175], tone: 1210 },
  { name: 'Fay', colour: [30, 175, 185], tone: 1530 },
];

/** The persona of this name. */
export function persona(name: string): Persona {
  const found = PERSONAS.find((candidate) => candidate.name === name);
  if (!found) {
    throw new Error(`nobody is called ${name}`);
  }
  return found;
}
