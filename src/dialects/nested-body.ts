type Fields = Readonly<Record<string, unknown>>

/** A request body whose settings lie under `key`. `extra` is merged last, and its own `key` into the settings. */
export function nestedBody(body: Fields, key: string, settings: Fields, extra: Fields): string {
  const { [key]: further, ...rest } = extra
  const isObject = further !== null && typeof further === 'object' && !Array.isArray(further)
  const value = further === undefined ? settings : isObject ? { ...settings, ...further } : further
  return JSON.stringify({ ...body, [key]: value, ...rest })
}
