import phases from "./phases.json";

/** The states of the state machine, in the steps in which a reader thinks. A test compares them with workflows/. */
export type Phase = keyof typeof phases;

export const PHASES = Object.keys(phases) as Phase[];

export function phaseOf(state: string): Phase | undefined {
  return PHASES.find((phase) => phases[phase].includes(state));
}
