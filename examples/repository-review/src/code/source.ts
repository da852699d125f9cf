import { looksGenerated } from '../repository/file-kind.ts'
import type { Repository } from '../repository/repository.ts'
import { type Language, languageOf } from './language.ts'
import { mask } from './mask.ts'

export type Source = {
  path: string
  language: Language
  text: string
  /** Without comments. */
  code: string
  /** Without comments and strings. */
  bare: string
}

/** The code that people write in this repository, one file at a time. */
export function* sourcesOf(repository: Repository): Generator<Source> {
  for (const path of repository.files) {
    const language = languageOf(path)
    const text = language ? repository.text(path) : undefined
    if (!language || !text || looksGenerated(text)) continue
    yield { path, language, text, ...mask(text, language) }
  }
}
