/** Environment variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/** Replaces `${NAME}` and `${NAME:-default}` in one value; names that are not set are returned. */
export function substitute(
  text: string,
  env: Environment,
): { readonly text: string; readonly unset: readonly string[] } {
  const unset: string[] = []
  const replaced = text.replaceAll(reference, (whole, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback
    if (value === undefined) unset.push(name)
    return value ?? whole
  })
  return { text: replaced, unset }
}

/** Whether a value refers to the environment. */
export function refersToEnvironment(text: string): boolean {
  return text.search(reference) >= 0
}
