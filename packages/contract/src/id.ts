import { z } from 'zod'

/** Ids are UUIDs on the wire; the brand keeps one kind from standing in for another. */
export const OrgId = z.uuid().brand<'OrgId'>()
export type OrgId = z.infer<typeof OrgId>

export const WorkspaceId = z.uuid().brand<'WorkspaceId'>()
export type WorkspaceId = z.infer<typeof WorkspaceId>

export const TaskId = z.uuid().brand<'TaskId'>()
export type TaskId = z.infer<typeof TaskId>

export const ScheduleId = z.uuid().brand<'ScheduleId'>()
export type ScheduleId = z.infer<typeof ScheduleId>

export const WebhookId = z.uuid().brand<'WebhookId'>()
export type WebhookId = z.infer<typeof WebhookId>

/** RFC 3339 in UTC, millisecond precision. */
export const Timestamp = z.iso.datetime()
