import type { Severity } from '../finding.ts'

export type SecretRule = {
  id: string
  title: string
  severity: Severity
  /** Plain text that is in every match: what a file must hold before the pattern is tried. */
  hints: readonly string[]
  /** Global. Group 1 is the secret when there is one, otherwise the whole match is. */
  pattern: RegExp
  fix: string
}

const revoke = (where: string) =>
  `Revoke it at ${where}, issue a new one, and keep that one outside the repository.`

/** Credentials that are known by their shape alone. */
export const providerRules: readonly SecretRule[] = [
  {
    id: 'aws-access-key',
    title: 'AWS access key ID',
    severity: 'critical',
    hints: ['AKIA', 'ASIA'],
    pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
    fix: revoke('AWS IAM'),
  },
  {
    id: 'github-token',
    title: 'GitHub token',
    severity: 'critical',
    hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/g,
    fix: revoke('GitHub'),
  },
  {
    id: 'gitlab-token',
    title: 'GitLab token',
    severity: 'critical',
    hints: ['glpat-', 'gldt-', 'glrt-'],
    pattern: /\bgl(?:pat|dt|rt)-[\w-]{20,64}(?![\w-])/g,
    fix: revoke('GitLab'),
  },
  {
    id: 'slack-token',
    title: 'Slack token',
    severity: 'critical',
    hints: ['xox', 'xapp-'],
    pattern:
      /\b(?:xox[abeoprs]-(?:\d{6,}-){1,3}[A-Za-z0-9]{10,}|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{32,})\b/g,
    fix: revoke('Slack'),
  },
  {
    id: 'slack-webhook',
    title: 'Slack webhook address',
    severity: 'high',
    hints: ['hooks.slack.com/services/'],
    pattern:
      /https:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{20,}/g,
    fix: revoke('Slack'),
  },
  {
    id: 'google-key',
    title: 'Google API key or client secret',
    severity: 'high',
    hints: ['AIza', 'GOCSPX-'],
    pattern: /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28})(?![\w-])/g,
    fix: revoke('the Google Cloud console'),
  },
  {
    id: 'stripe-key',
    title: 'Stripe live key',
    severity: 'critical',
    hints: ['k_live_'],
    pattern: /\b[sr]k_live_[A-Za-z0-9]{20,247}\b/g,
    fix: revoke('Stripe'),
  },
  {
    id: 'anthropic-key',
    title: 'Anthropic API key',
    severity: 'critical',
    hints: ['sk-ant-'],
    pattern: /\bsk-ant-[a-z]+\d\d-[\w-]{60,120}(?![\w-])/g,
    fix: revoke('the Anthropic console'),
  },
  {
    id: 'openai-key',
    title: 'OpenAI API key',
    severity: 'critical',
    hints: ['T3BlbkFJ'],
    pattern: /\bsk-(?:(?:proj|svcacct|admin|None)-)?[\w-]{20,120}T3BlbkFJ[\w-]{20,120}(?![\w-])/g,
    fix: revoke('OpenAI'),
  },
  {
    id: 'npm-token',
    title: 'npm access token',
    severity: 'critical',
    hints: ['npm_'],
    pattern: /\bnpm_[A-Za-z0-9]{36}\b/g,
    fix: revoke('npm'),
  },
  {
    id: 'pypi-token',
    title: 'PyPI token',
    severity: 'critical',
    hints: ['pypi-AgE'],
    pattern: /\bpypi-AgE[\w-]{60,}/g,
    fix: revoke('PyPI'),
  },
  {
    id: 'sendgrid-key',
    title: 'SendGrid API key',
    severity: 'high',
    hints: ['SG.'],
    pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g,
    fix: revoke('SendGrid'),
  },
  {
    id: 'digitalocean-token',
    title: 'DigitalOcean token',
    severity: 'critical',
    hints: ['dop_v1_', 'doo_v1_'],
    pattern: /\bdo[op]_v1_[a-f0-9]{64}\b/g,
    fix: revoke('DigitalOcean'),
  },
  {
    id: 'hugging-face-token',
    title: 'Hugging Face token',
    severity: 'high',
    hints: ['hf_'],
    pattern: /\bhf_[A-Za-z]{34}\b/g,
    fix: revoke('Hugging Face'),
  },
  {
    id: 'azure-storage-key',
    title: 'Azure storage account key',
    severity: 'critical',
    hints: ['AccountKey='],
    pattern: /AccountKey=([A-Za-z0-9+/]{86}==)/g,
    fix: revoke('Azure'),
  },
]
