import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ending, frame, portOf, send, stream200, wireTo } from '../../../test/http2-server.ts'

/** A certificate for 127.0.0.1 that nobody has signed. */
function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'assay-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const what = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1']
  execFileSync('openssl', ['req', ...what, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

/** This process trusts any certificate until the test is over. */
function trustAll(): void {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
}

test('over TLS, HTTP/2 is agreed on by ALPN, and reads are told apart', async () => {
  trustAll()
  const server = createSecureServer(selfSigned())
  server.on('stream', (stream) => {
    stream.respond(stream200)
    stream.write(frame(' one'))
    stream.session?.ping(() => stream.end(frame(' two') + ending))
  })
  const wire = await wireTo(`https://127.0.0.1:${await portOf(server)}`)
  await wire.open(2)
  const { outcome, texts, eventAtNs } = await send(wire).over
  expect([outcome, texts]).toEqual(['completed', [' one', ' two']])
  expect(eventAtNs[1]).toBeGreaterThan(eventAtNs[0] ?? Number.NaN)
})

test('a certificate that nobody vouches for is a failure of TLS', async () => {
  const server = createSecureServer(selfSigned())
  const wire = await wireTo(`https://127.0.0.1:${await portOf(server)}`)
  expect((await send(wire).over).outcome).toBe('tls')
})

test.each<[what: string, protocols: string[] | undefined]>([
  ['offers only HTTP/1.1', ['http/1.1']],
  ['knows no ALPN', undefined],
])('a TLS server that %s: the advice is HTTP/1.1', async (_, protocols) => {
  trustAll()
  const server = createTlsServer({
    ...selfSigned(),
    ...(protocols === undefined ? {} : { ALPNProtocols: protocols }),
  })
  server.on('tlsClientError', () => {})
  const wire = await wireTo(`https://127.0.0.1:${await portOf(server)}`)
  expect(await send(wire).over).toMatchObject({
    outcome: 'protocol',
    message: expect.stringMatching(/does not offer HTTP\/2.*--transport http1/),
  })
})
