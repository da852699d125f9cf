import { useEffect, useRef } from 'react'
import { type Section, sections } from '../lib/place.ts'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { NeedsRight } from '../ui/Rights.tsx'
import { useRight } from '../use-right.ts'
import { PeopleSection } from './people/PeopleSection.tsx'
import { ResourcesSection } from './resources/ResourcesSection.tsx'
import { SecretsSection } from './secrets/SecretsSection.tsx'
import { settingsText } from './settings-text.ts'
import { TemplatesSection } from './templates/TemplatesSection.tsx'
import { OrgTokensSection } from './tokens/OrgTokensSection.tsx'

const look = {
  people: { icon: 'person', right: 'org:admin', Content: PeopleSection },
  tokens: { icon: 'key', right: 'org:admin', Content: OrgTokensSection },
  secrets: { icon: 'shield', right: 'secrets:read', Content: SecretsSection },
  templates: { icon: 'team', right: 'workspaces:read', Content: TemplatesSection },
  resources: { icon: 'stack', right: 'org:admin', Content: ResourcesSection },
} as const satisfies Record<Section, { icon: IconName; right: string; Content: () => unknown }>

/** Who may do what in the organization, and what agents are given. */
function SettingsPage({ section }: { section: Section }) {
  const { right, Content } = look[section]
  const nav = useSectionInView(section)
  return (
    <div className="sheet settings">
      <div className="sheet-head">
        <h1>{settingsText.title}</h1>
      </div>
      <nav ref={nav} className="sheet-nav" aria-label={settingsText.sectionsLabel}>
        {sections.map((name) => (
          <SectionLink key={name} name={name} isHere={name === section} />
        ))}
      </nav>
      <main className="sheet-main" aria-label={settingsText.sections[section]}>
        <header className="sheet-intro">
          <h2>{settingsText.sections[section]}</h2>
          <p>{settingsText[section].lead}</p>
        </header>
        <ErrorBoundary key={section}>
          <NeedsRight right={right}>
            <Content />
          </NeedsRight>
        </ErrorBoundary>
      </main>
    </div>
  )
}

/** On a phone the sections are a row that scrolls. */
function useSectionInView(section: Section) {
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link that is looked for changes with the section.
  useEffect(() => {
    const here = nav.current?.querySelector('[aria-current]')
    here?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [section])
  return nav
}

function SectionLink({ name, isHere }: { name: Section; isHere: boolean }) {
  const { icon, right } = look[name]
  const isOpen = useRight(right)
  return (
    <PlaceLink to={{ page: 'settings', section: name }} className="sheet-link" isHere={isHere}>
      <Icon name={isOpen ? icon : 'lock'} />
      {settingsText.sections[name]}
    </PlaceLink>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default SettingsPage
