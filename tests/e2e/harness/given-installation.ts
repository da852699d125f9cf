import { onTestFinished } from 'vitest'
import { type Installation, newInstallation } from './installation.ts'

/** An installation of the test's own. Whatever of it is left when the test ends is killed, and fails the test. */
export async function givenInstallation(): Promise<Installation> {
  const installation = await newInstallation()
  onTestFinished(() => installation.end())
  return installation
}
