import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Assay keeps what it can make again: ASSAY_CACHE, else the platform's folder for caches. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const set = (name: string) => (env[name] === '' ? undefined : env[name])
  const own = set('ASSAY_CACHE')
  if (own !== undefined) return own
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'assay')
  if (platform === 'win32')
    return join(set('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'assay', 'cache')
  return join(set('XDG_CACHE_HOME') ?? join(home, '.cache'), 'assay')
}
