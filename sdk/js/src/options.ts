/** Options by their names: one that nobody knows is refused, never passed over. A bill would be wrong without a word. */

import { JobError } from "./errors.js";

/** The names of all options of a type; the compiler asks for each of them, and for no other. */
export type Names<Options> = { readonly [Name in keyof Options]-?: true };

/** Refuses what is no object, and each option that has none of these names. */
export function known<Options extends object>(call: string, options: Options, names: Names<Options>): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new JobError(`${call} takes its options as one object`);
  const all = Object.keys(names);
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(names, name));
  const told = unknown.map((name) => {
    const found = nearest(name, all);
    return `${call} has no option ${JSON.stringify(name)}${found === undefined ? `: it has ${all.join(", ")}` : `; did you mean ${found}?`}`;
  });
  if (told.length > 0) throw new JobError(told.join("; "));
  return options;
}

/**
 * The same of names below the options, where the component refuses what nobody knows, with all else that is wrong: only
 * a name that is near a known one is refused here, with it.
 */
export function near<Options extends object>(what: string, options: Options, names: Readonly<Record<string, true>>): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new JobError(`${what} is an object`);
  for (const name of Object.keys(options).filter((name) => !Object.hasOwn(names, name))) {
    const found = nearest(name, Object.keys(names));
    if (found !== undefined) throw new JobError(`${what} has no ${JSON.stringify(name)}; did you mean ${found}?`);
  }
  return options;
}

/** The name that is near, if one is. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const distances = names.map((known) => [distance(name.toLowerCase(), known.toLowerCase()), known] as const);
  const [away, known] = distances.reduce((best, next) => (next[0] < best[0] ? next : best), [Infinity, ""] as const);
  return away <= Math.max(2, name.length / 3) ? known : undefined;
}

/** How many characters have to be put in, left out, changed, or swapped with their neighbour. */
function distance(one: string, other: string): number {
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const line = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (line[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      line.push(least);
    }
    [before, last] = [last, line];
  }
  return last[other.length] ?? 0;
}
