import type { DialectName } from '../model/dialect.ts'
import { defaultDialect } from './schema.ts'

/** What a user means by a URL. */
export type EndpointUrl =
  | {
      readonly ok: true
      readonly base: string
      readonly host: string
      readonly dialect?: DialectName
      readonly model?: string
    }
  | { readonly ok: false; readonly message: string; readonly hint: string }

const dialectOfPath: readonly (readonly [path: string, dialect: DialectName])[] = [
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/completions', 'openai-completions'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/messages', 'anthropic-messages'],
  ['/inference/v1/generate', 'vllm-tokens'],
  ['/completion', 'llamacpp-completion'],
  ['/api/generate', 'ollama-generate'],
  ['/api/chat', 'ollama-chat'],
]
const hint = 'Write it like http://127.0.0.1:8000'

/** Understands `host:8000`, and the full path of an API, which names its dialect and is cut off. */
export function readUrl(written: string): EndpointUrl {
  const text = written.trim()
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const parsed = parse(complete)
  // "http:/host" and "http//host" would become a host called http.
  if (parsed === undefined || /\s/.test(complete) || /^https?$/i.test(parsed.hostname)) {
    return { ok: false, message: `${JSON.stringify(written)} is not a URL.`, hint }
  }
  if (parsed.username !== '' || parsed.password !== '') {
    const key = 'Send a key by apiKeyEnv (--api-key-env), or a header taken from the environment.'
    return { ok: false, message: 'a URL must not hold a user name or password.', hint: key }
  }
  if (!/^(http|grpc)s?:$/.test(parsed.protocol)) {
    return { ok: false, message: `${JSON.stringify(written)} is neither http nor https, nor grpc.`, hint }
  }
  const isGrpc = parsed.protocol.startsWith('grpc')
  const [, address = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(complete.replace(/^grpc/i, 'http')) ?? []
  const bare = address.replace(/\/+$/, '')
  const ofModel = /\/v2\/models\/([^/]+)\/(generate_stream|generate|infer)$/.exec(bare)
  if (ofModel !== null) {
    const [path, model = '', call] = ofModel
    return {
      ok: true,
      base: `${bare.slice(0, -path.length)}${query}`,
      host: parsed.host,
      dialect: call === 'infer' ? 'triton-infer' : 'triton-generate',
      model: decodeURIComponent(model),
    }
  }
  if (isGrpc) return { ok: true, base: `${bare}${query}`, host: parsed.host, dialect: 'kserve-grpc' }
  const [path, dialect] = dialectOfPath.find(([ending]) => bare.endsWith(ending)) ?? ['']
  const base = `${bare.slice(0, bare.length - path.length)}${query}`
  return { ok: true, base, host: parsed.host, ...(dialect === undefined ? {} : { dialect }) }
}

/** The dialect of a target's URLs: what their paths say, else the default. */
export function dialectOf(urls: readonly EndpointUrl[]): DialectName {
  const [first] = urls.flatMap((url) => (url.ok && url.dialect !== undefined ? [url.dialect] : []))
  return first ?? defaultDialect
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}
