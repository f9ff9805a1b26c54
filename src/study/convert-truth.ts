import { readFile, rm } from 'node:fs/promises'
import type { Truth } from '../model/truth.ts'
import { writeTruth } from '../store/index.ts'

/** In the child: turns a reference server's truth from JSON into Parquet, and then deletes the JSON. */
export async function convertTruth(json: string, parquet: string): Promise<void> {
  await writeTruth(parquet, JSON.parse(await readFile(json, 'utf8')) as Truth)
  await rm(json)
}
