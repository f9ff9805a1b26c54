/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** One value with its references to the environment replaced. */
export interface Substituted {
  readonly text: string
  /** What the environment gave; defaults written in the file are not among them. */
  readonly values: readonly string[]
  /** Names that are not set and have no default. */
  readonly unset: readonly string[]
  /** Beginnings of references that cannot be read, such as "${KEY:x}". */
  readonly malformed: readonly string[]
}

const reference = /\$(\$?)\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([^}]*\}?))/g

/** Replaces `${NAME}` and `${NAME:-default}` in one value; `$${` stands for the text `${`. */
export function substitute(text: string, env: Environment): Substituted {
  const values: string[] = []
  const unset: string[] = []
  const malformed: string[] = []
  const replaced = text.replaceAll(
    reference,
    (whole: string, dollar: string, name: string | undefined, fallback: string | undefined) => {
      if (dollar !== '') return whole.slice(1)
      if (name === undefined) {
        malformed.push(whole)
        return whole
      }
      const value = env[name]
      // As in a shell, `:-` also stands in for a variable that is set and empty.
      if (value === undefined || (value === '' && fallback !== undefined)) {
        if (fallback === undefined) unset.push(name)
        return fallback ?? whole
      }
      values.push(value)
      return value
    },
  )
  return { text: replaced, values, unset, malformed }
}

/** Whether a value refers to the environment, or tries to. */
export function refersToEnvironment(text: string): boolean {
  return text.includes('${')
}
