import type { OrgTemplate } from '@molecule/contract/org'
import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { EmptyNote, LoadedList } from '../../ui/LoadedList.tsx'
import { ReadOnlyNote } from '../../ui/Rights.tsx'
import { useList } from '../../use-list.ts'
import { settingsText } from '../settings-text.ts'
import { PlanDialog } from './PlanDialog.tsx'

const words = settingsText.templates

export function TemplatesSection() {
  const list = useList('templates', ({ client }, signal) => client.org.templates({ signal }))
  return (
    <>
      <ReadOnlyNote right="workspaces:write" />
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {(templates) =>
          templates.length === 0 ? (
            <EmptyNote title={words.emptyTitle}>{words.empty}</EmptyNote>
          ) : (
            <ul className="records">
              {templates.map((template) => (
                <TemplateItem key={template.dir} template={template} />
              ))}
            </ul>
          )
        }
      </LoadedList>
    </>
  )
}

function TemplateItem({ template }: { template: OrgTemplate }) {
  const { name, description, workspaces } = template
  const [isOpen, setIsOpen] = useState(false)
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">{name}</p>
        <p className="record-line">{description}</p>
        <p className="record-meta">{words.size(workspaces)}</p>
      </div>
      <div className="record-actions">
        <ActionButton
          right="workspaces:read"
          icon="eye"
          small
          label={words.lookOf(name)}
          onClick={() => setIsOpen(true)}
        >
          {words.look}
        </ActionButton>
      </div>
      {isOpen && <PlanDialog template={template} onClose={() => setIsOpen(false)} />}
    </li>
  )
}
